from stead import Backend, Service
from order_settings import OrderSettings

orders = Service("orders", command="python main.py", folder="orders", settings=OrderSettings)
backend = Backend("shop", services=[orders])
