"""A service that reads a broker, which runs elsewhere."""

from stead import Backend, Environment, External, Service

kafka = External("kafka", "KAFKA_BROKERS", addresses={"dev": "127.0.0.1:9092", "prod": "kafka.example.com:9092"})
orders = Service("orders", command="node orders.js", needs=[kafka])

backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod")])
