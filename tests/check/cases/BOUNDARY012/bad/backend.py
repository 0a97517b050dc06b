from stead import Backend, Route, Service
from told import Told

stock = Service("stock", command="python main.py", folder="stock")
orders = Service("orders", command="python main.py", folder="orders")
mail = Service("mail", command="python main.py", folder="mail", settings=Told)
backend = Backend("shop", services=[stock, orders, mail])
