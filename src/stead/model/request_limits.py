"""Request limits: how large a request may be. The gateway and every service of the kit hold the same ones."""

MAX_BODY = 1_048_576  # bytes
MAX_HEADERS = 100  # in a request from outside
ADDED_HEADERS = 28  # what the gateway and a tracing proxy may add to it: identity, forwarding, tracing
