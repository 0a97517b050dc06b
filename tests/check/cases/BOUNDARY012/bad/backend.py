from stead import Backend, Route, Service
from mail_settings import MailSettings

stock = Service("stock", command="python main.py", folder="stock")
orders = Service("orders", command="python main.py", folder="orders")
mail = Service("mail", command="python main.py", folder="mail", settings=MailSettings)
backend = Backend("shop", services=[stock, orders, mail])
