"""Shop: orders, in a database of their own."""

from stead import Backend, Postgres, Service

orders = Service("orders", worker="apps/orders", needs=[Postgres()])

backend = Backend("shop", services=[orders])
