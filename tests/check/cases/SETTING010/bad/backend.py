from stead import Backend, Job, Service, Setting

orders = Service(
    "orders", command="python main.py", folder="orders", settings=[Setting("ORDERS_LIMIT", int, default=5)]
)
stock = Service("stock", command="node main.js", folder="stock")
mail = Service("mail", command="go run .", folder="mail")
shipping = Service("shipping", command="java -jar build/shipping.jar", folder="shipping")
sweep = Job("sweep", entry="tools.sweep:main")
backend = Backend("shop", services=[orders, stock, mail, shipping], jobs=[sweep])
