"""A service whose health depends on its Redis, and a program with a health path of its own."""

from stead import Backend, Health, Redis, Service

store = Redis()
carts = Service("carts", command="node carts.js", needs=[store], health=Health(depends_on=(store,)))
search = Service("search", command="./search --serve", health=Health(path="/healthz", contract=False))

backend = Backend("shop", services=[carts, search])
