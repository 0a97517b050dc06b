from stead import Backend, Postgres, Redis, Service

cache = Redis()
told = Postgres("TOLD_URL")  # stead: ignore[BOUNDARY014] one team, and mail only reads what orders said
orders = Service("orders", command="python main.py", folder="orders", needs=[Postgres(), cache, told])
stock = Service("stock", command="python main.py", folder="stock", needs=[Postgres(), cache])
mail = Service("mail", command="python main.py", folder="mail", needs=[told])
backend = Backend("shop", services=[orders, stock, mail])
