from stead import Backend, Service

orders = Service("orders", command="npx wrangler dev", folder="orders")
backend = Backend("shop", services=[orders])
