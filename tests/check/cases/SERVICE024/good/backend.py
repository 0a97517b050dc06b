from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="apps/orders")
stock = Service("stock", command="python main.py", folder="apps/stock")
mail = Service("mail", command="python main.py", folder="apps/mail")
cache = Service("cache", image="redis:8@sha256:" + 64 * "0")
backend = Backend("shop", services=[orders, stock, mail, cache])
