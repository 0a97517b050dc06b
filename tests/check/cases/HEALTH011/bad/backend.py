from stead import Backend, Health, Service, Setting

orders = Service(  #! HEALTH011
    "orders",
    command="python main.py",
    folder="orders",
    health=Health(path="/healthz"),
)
backend = Backend("shop", services=[orders])
