from stead import Backend, Environment, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("ORDERS_CURRENCY"),  #! SETTING019
        Setting("PARTNER_KEY", secret=True),  #! SETTING019
    ],
)
backend = Backend(
    "shop",
    services=[orders],
    environments=[Environment("dev", {orders: {"ORDERS_CURRENCY": "EUR"}}), Environment("prod")],
)
