from stead import Backend, Service, Setting
from stead.kit.settings import ServiceSettings
from stead.model import var


class Told(ServiceSettings):
    """Read as a whole."""

    told_limit: int = var(default=5)


orders = Service(
    "orders",
    command="python main.py --currency $ORDERS_CURRENCY",
    folder="orders",
    settings=[
        Setting("ORDERS_LIMIT", int, default=5),
        Setting("ORDERS_CURRENCY", default="EUR"),
        Setting("ORDERS_SHELF", default="a"),
        Setting("PYTHONUNBUFFERED", default="1"),
    ],
)
mail = Service("mail", image="example.com/mail@sha256:" + 64 * "0", settings=[Setting("MAIL_HOST", default="a")])
billing = Service("billing", app="billing.app:create", settings=Told)
backend = Backend("shop", services=[orders, mail, billing])
