"""Shop: orders, and the stock they come from."""

from stead import Backend, Environment, Service, Workers

orders = Service("orders-of-all-our-shops-in-every-country-of-europe", worker="apps/orders")
staging = Environment("staging", workers=Workers())  #! WORKER004

backend = Backend("shop", services=[orders], environments=[Environment("dev"), staging])
