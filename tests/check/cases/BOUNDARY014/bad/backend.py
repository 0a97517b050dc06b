from stead import Backend, Postgres, Service

shared = Postgres()  #! BOUNDARY014
orders = Service("orders", command="python main.py", folder="orders", needs=[shared])
stock = Service("stock", command="python main.py", folder="stock", needs=[shared])
backend = Backend("shop", services=[orders, stock])
