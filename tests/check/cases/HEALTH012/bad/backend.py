from stead import Backend, Health, Service, Setting

orders = Service(  #! HEALTH012
    "orders",
    command="python main.py",
    folder="orders",
    health=Health(),
)
backend = Backend("shop", services=[orders])
