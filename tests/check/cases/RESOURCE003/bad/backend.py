"""Shop: orders, and the broker that they are told to."""

from stead import Backend, Environment, External, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

events = External("kafka", "KAFKA_BROKERS", addresses={"dev": "localhost"})  #! RESOURCE003
search = External("search", "SEARCH_URL", addresses={"staging": "http://search.example"})  #! RESOURCE003
store = External("Store", "STORE_URL")  #! RESOURCE003
other = External("postgres", "OTHER_URL")  #! RESOURCE003

orders = Service("orders", image=IMAGE, needs=[events, search, store, other])

backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod")])
