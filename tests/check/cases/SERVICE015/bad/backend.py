from stead import Backend, Service

orders = Service("orders", command="pnpm start", folder="orders")  #! SERVICE015
mail = Service("mail", command="go run .", folder="mail")  #! SERVICE015
edge = Service("edge", command="pnpm --dir apps/edge exec wrangler dev", folder=".")  #! SERVICE015
backend = Backend("shop", services=[orders, mail, edge])
