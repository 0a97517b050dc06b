from told import Told

from stead import Backend, Service

orders = Service("orders", command="python main.py", folder="orders", settings=Told)
backend = Backend("shop", services=[orders])
