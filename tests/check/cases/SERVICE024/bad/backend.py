from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="apps/orders")
stock = Service("stock", command="python main.py", folder="apps/stock")
mail = Service("mail", command="python main.py", folder="apps/mail")
backend = Backend("shop", services=[orders, stock, mail])
