from stead import Backend, Job, Service

orders = Service("orders", command="python -u orders/main.py", folder="orders")  #! SERVICE014
stock = Service("stock", command="./run.sh --fast", folder="stock")  #! SERVICE014
mail = Service("mail", command="go run ./cmd/mail", folder="mail")  #! SERVICE014
sweep = Job("sweep", command="node tools/sweep.js")  #! SERVICE014
backend = Backend("shop", services=[orders, stock, mail], jobs=[sweep])
