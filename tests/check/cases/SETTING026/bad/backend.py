from stead import Backend, Service, Setting

orders = Service(
    "orders", command="python main.py", folder="orders", settings=[Setting("PARTNER_LIMIT", int, default=5)]
)
stock = Service(
    "stock",
    command="python main.py",
    folder="stock",
    settings=[Setting("PARTNER_LIMIT", int, default=50)],  #! SETTING026
)
backend = Backend("shop", services=[orders, stock])
