from stead import Backend, Job, Service

orders = Service("orders", command="python -u main.py", folder="orders")
stock = Service("stock", command="node dist/main.js", folder="stock")
mail = Service("mail", command="/usr/sbin/sendmail --port $PORT", folder="mail")
sweep = Job("sweep", command="node tools/sweep.js")
built = Service("built", command="./bin/built", folder="stock/built")
backend = Backend("shop", services=[orders, stock, mail, built], jobs=[sweep])
