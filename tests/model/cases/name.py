"""Names that are not DNS labels, a name used twice, and one that is taken."""

from stead import Backend, Environment, Job, Service

one = Service("Orders", command="run")  #! NAME001
two = Service("-orders", command="run")  #! NAME001
three = Service("o" * 64, command="run")  #! NAME001
four = Service("orders_service", command="run")  #! NAME001
first = Service("stock", command="run")
second = Service("stock", command="run")  #! NAME002
nightly = Job("nightly", command="run", every="1d")
again = Job("nightly", command="run", every="2d")  #! NAME002
stock = Job("stock", command="run", cron="0 3 * * *")  #! NAME002
proxy = Service("service-proxy", command="run")  #! NAME003

backend = Backend(  #! NAME001
    "Two words",
    services=[one, two, three, four, first, second, proxy],
    jobs=[nightly, again, stock],
    environments=[Environment("Прод")],  #! NAME001
)
