from stead import Backend, Service

orders = Service("orders", command="java -jar build/orders.jar", folder="orders")
backend = Backend("shop", services=[orders])
