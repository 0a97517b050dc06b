from stead import Backend, Service

orders = Service("orders", command="pnpm exec tsx main.ts", folder="apps/orders")
mail = Service("mail", command="go run main.go", folder="mail")
edge = Service("edge", command="wrangler dev", folder="edge")
backend = Backend("shop", services=[orders, mail, edge])
