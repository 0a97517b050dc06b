from orders.service import ROUTES
from stead import Backend, Service

orders = Service("orders", app="orders.app:create", routes=ROUTES)
backend = Backend("shop", services=[orders])
