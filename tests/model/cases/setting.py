"""Settings that disagree, that nobody has, and a secret in the description."""

from stead import Backend, Environment, Service, Setting

orders = Service("orders", command="run", settings=[Setting("LIMIT", int), Setting("KEY", secret=True)])
stock = Service("stock", command="run", settings=[Setting("LIMIT", str)])  #! SETTING001
mail = Service("mail", command="run", settings=[Setting("KEY")])  #! SETTING001
post = Service("post", command="run", settings=[Setting("LEFT", int)], values={"LEFT": 1, "RIGHT": 2})  #! SETTING002
gone = Service("gone", command="run")

backend = Backend(
    "shop",
    services=[orders, stock, mail, post],
    environments=[
        Environment("dev", {orders: {"LIMIT": 5, "LIMITS": 6}}),  #! SETTING002
        Environment("prod", {orders: {"KEY": "hunter2"}}, (gone,)),  #! SETTING003 ENVIRONMENT001
    ],
)
