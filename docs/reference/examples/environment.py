"""A larger limit in production, where two of the service run and the stand-in for the mail server does not."""

from stead import Backend, Environment, Service, Setting

mail = Service("mail", command="node fake-mail.js")
orders = Service("orders", command="node orders.js", settings=[Setting("ORDERS_MAX", int, default=10)])
prod = Environment("prod", values={orders: {"ORDERS_MAX": 1000}}, without=(mail,), replicas={orders: 2})

backend = Backend("shop", services=[mail, orders], environments=[Environment("dev"), prod])
