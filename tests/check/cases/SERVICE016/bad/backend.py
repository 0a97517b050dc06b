from stead import Backend, Service

orders = Service("orders", command="pnpm run serve", folder="orders")  #! SERVICE016
stock = Service("stock", command="npm start", folder="stock")  #! SERVICE016
backend = Backend("shop", services=[orders, stock])
