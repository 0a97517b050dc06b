"""Shop: a worker."""

from stead import Backend, Environment, Service, Setting

IMAGE = "example.com/worker@sha256:1111111111111111111111111111111111111111111111111111111111111111"
KEY = Setting("PAY_KEY", secret=True, help="The key of the payment provider.")
worker = Service("worker", image=IMAGE, settings=[KEY])
backend = Backend("shop", services=[worker], environments=[Environment("prod")])
