"""Shop: orders, paid through a partner."""

from stead import Backend, Service, Setting

orders = Service("orders", worker="apps/orders", settings=[Setting("PARTNER_KEY", secret=True, help="The partner's.")])

backend = Backend("shop", services=[orders])
