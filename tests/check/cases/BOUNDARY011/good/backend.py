from stead import Backend, Service

orders = Service("orders", command="node src/main.js", folder="apps/orders")
stock = Service("stock", command="node src/main.js", folder="apps/stock")
shipping = Service("shipping", command="java -jar build/shipping.jar", folder="shipping")
depot = Service("depot", command="java -jar build/depot.jar", folder="depot")
backend = Backend("shop", services=[orders, stock, shipping, depot])
