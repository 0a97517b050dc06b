"""Calls that leave the backend, ask for what is not offered, or cannot be told apart."""

from stead import Backend, Call, Route, Service, Setting

stock = Service("stock", command="run", routes=[Route.service("GET", "/v1/stock", "read")])
stranger = Service("stranger", command="run")
vault = Service(
    "vault",
    command="run",
    routes=[Route.service("GET", "/v1/secrets/{key}", "read")],
    holds=[Setting("KEY", secret=True)],
)
mail = Service("mail", command="run")
mail_service = Service("mail-service", command="run")
orders = Service(
    "orders",
    command="run",
    calls=[
        stranger.may(),  #! CALL001
        stock.may("write"),  #! CALL002
        stock.may("read", "front"),  #! CALL004
        Call(lambda: late, ("anything",)),  #! CALL002
        mail.may(),
        mail_service.may(),  #! CALL003
        vault.may("read", keys=["KEY", "OTHER"]),  #! CALL005
    ],
)
late = Service("late", command="run")
backend = Backend("shop", services=[stock, orders, late, mail, mail_service, vault])
