from stead import Backend, Job, Route, Service
from stead.services import auth, points
from mail_settings import MailSettings

COUNT = Route.service("GET", "/v1/pieces", "count")
stock = Service("stock", command="python main.py", folder="stock", routes=[COUNT])
ledger = points.service("points-service")
people = auth.service("auth-service", calls=[ledger.may("award")])
orders = Service("orders", command="python main.py", folder="orders", calls=[stock.may("count"), ledger.may("read")])
mail = Service("mail", command="python main.py", folder="mail", settings=MailSettings, calls=[stock.may("count")])
edge = Service("edge", command="node main.js", folder="edge", calls=[stock.may("count")])
search = Service("search", image="example.com/search@sha256:" + 64 * "0", calls=[stock.may("count")])
sweep = Job("sweep", entry="tools.sweep:main", calls=[stock.may("count")])
backend = Backend("shop", services=[stock, ledger, people, orders, mail, edge, search], jobs=[sweep])
