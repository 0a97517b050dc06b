from stead import Backend, Service

stock = Service("stock", command="python main.py", folder="stock")
orders = Service("orders", command="node main.js", folder="orders")
mail = Service("mail", command="python main.py", folder="mail")
backend = Backend("shop", services=[stock, orders, mail])
