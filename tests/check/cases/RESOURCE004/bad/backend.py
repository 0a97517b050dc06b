"""Shop: orders, and the broker that they are told to."""

from stead import Backend, Environment, External, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

queue = External("queue", "AMQP_URL", addresses={"dev": "amqp://guest:guest@localhost"})  #! RESOURCE004
search = External("search", "SEARCH_URL", secret=True, addresses={"dev": "http://localhost:9200"})  #! RESOURCE004

orders = Service("orders", image=IMAGE, needs=[queue, search])

backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod")])
