from orders.service import ROUTES
from stead import Backend, Service

orders = Service("orders", app="orders.app:create", routes=ROUTES)  #! CONTRACT013
backend = Backend("shop", services=[orders])
