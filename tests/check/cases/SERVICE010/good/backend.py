from stead import Backend, Job, Service
from stead.services import points

orders = Service("orders", app="orders.app:create")
stock = Service("stock", command="python -m stock.main")
ledger = points.service("points-service")
sweep = Job("sweep", entry="orders.sweep:main")
backend = Backend("shop", services=[orders, stock, ledger], jobs=[sweep])
