"""What runs elsewhere: its name, and the addresses that a description holds."""

from stead import Backend, Environment, External, Service

events = External("kafka", "KAFKA_BROKERS", addresses={"dev": "localhost"})  #! RESOURCE003
queue = External("queue", "AMQP_URL", addresses={"dev": "amqp://guest:guest@localhost"})  #! RESOURCE004
search = External("search", "search url")  #! SETTING004
well = External("mail", "MAIL_ADDRESS", addresses={"prod": "mail.example:25"})

orders = Service("orders", command="run", needs=[events, queue, search, well])

backend = Backend("shop", services=[orders], environments=[Environment("dev"), Environment("prod")])
