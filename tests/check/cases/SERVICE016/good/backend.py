from stead import Backend, Service

orders = Service("orders", command="pnpm run serve --port 1", folder="orders")
stock = Service("stock", command="npm start", folder="stock")
mail = Service("mail", command="pnpm exec tsx main.ts", folder="mail")
backend = Backend("shop", services=[orders, stock, mail])
