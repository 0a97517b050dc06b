from stead import Backend, Service
from told import Told

orders = Service("orders", command="python main.py", folder="orders", settings=Told)
backend = Backend("shop", services=[orders])
