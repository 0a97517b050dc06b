from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="orders")
stock = Service("stock", command="python main.py", folder="stock")
mail = Service("mail", image="example.com/mail@sha256:" + 64 * "0")
backend = Backend("shop", services=[orders, stock, mail])
