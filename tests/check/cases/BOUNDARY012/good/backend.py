from stead import Backend, Route, Service, Setting
from mail_settings import MailSettings

stock = Service(
    "stock-service", command="python main.py", folder="stock", routes=[Route.service("GET", "/v1/pieces", "count")]
)
orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("BILLING_SERVICE_URL", default="https://billing.example.com")],
    calls=[stock.may("count")],
)
mail = Service("mail", command="python main.py", folder="mail", settings=MailSettings)
backend = Backend("shop", services=[stock, orders, mail])
