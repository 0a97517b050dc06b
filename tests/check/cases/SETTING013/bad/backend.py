from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[Setting("PARTNER_KEY", secret=True, default="dev-key")],  #! SETTING013
)
backend = Backend("shop", services=[orders])
