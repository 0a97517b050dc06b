from stead import Backend, Service

orders = Service("orders", command="node src/main.js", folder="apps/orders")
stock = Service("stock", command="node src/main.js", folder="apps/stock")
mail = Service("mail", command="go run .", folder="mail")
post = Service("post", command="go run .", folder="post")
shipping = Service("shipping", command="java -jar build/shipping.jar", folder="shipping")
depot = Service("depot", command="java -jar build/depot.jar", folder="depot")
backend = Backend("shop", services=[orders, stock, mail, post, shipping, depot])
