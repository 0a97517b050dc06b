"""Shop: orders, and the broker that they are told to."""

from stead import Backend, Environment, External, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

events = External("kafka", "KAFKA_BROKERS", addresses={"dev": "localhost:9092", "prod": "one:9092,two:9092"})
search = External("search", "SEARCH_URL", addresses={"prod": "http://search.example"})
store = External("store", "STORE_URL")

orders = Service("orders", image=IMAGE, needs=[events, search, store])

backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod")])
