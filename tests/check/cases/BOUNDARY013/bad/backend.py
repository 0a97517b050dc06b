from stead import Backend, Job, Route, Service
from stead.services import points
from mail_settings import MailSettings

stock = Service("stock", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/pieces", "count")])
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may("count")])  #! BOUNDARY013
mail = Service(
    "mail",
    command="python main.py",
    folder="mail",
    settings=MailSettings,
    calls=[stock.may("count")],  #! BOUNDARY013
)
ledger = points.service(calls=[stock.may("count")])  #! BOUNDARY013
sweep = Job("sweep", entry="tools.sweep:main", calls=[stock.may("count")])  #! BOUNDARY013
backend = Backend("shop", services=[stock, orders, mail, ledger], jobs=[sweep])
