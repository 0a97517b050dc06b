"""A service whose health depends on its Redis, a program with a health path of its own, and one
that has none."""

from stead import Backend, Health, Redis, Service

store = Redis()
carts = Service("carts", command="node carts.js", needs=[store], health=Health(depends_on=(store,)))
cache = Service("cache", command="./cache --listen", health=Health(tcp=True))
search = Service("search", command="./search --serve", health=Health(path="/healthz", contract=False))

backend = Backend("shop", services=[cache, carts, search])
