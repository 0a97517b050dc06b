"""Shop: orders, and the stock they come from."""

from stead import Backend, Deploy, Environment, Github, Service

IMAGE = "ghcr.io/example/program@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

orders = Service("orders", image=IMAGE)
stock = Service("stock", image=IMAGE)
staging = Environment("staging")

deploys = [Deploy(staging, urls={orders: "orders.example.com", stock: "https://stock.example.com"})]  #! PIPELINE004 PIPELINE004
pipelines = [Github(deploys=deploys)]
backend = Backend(
    "shop", services=[orders], environments=[staging], registry="ghcr.io/example", pipelines=pipelines
)
