"""Orders."""

PATH = "/v1/orders"
