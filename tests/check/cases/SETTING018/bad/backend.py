from stead import Backend, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("ORDERS_CURRENCY")])
backend = Backend("shop", services=[orders])
