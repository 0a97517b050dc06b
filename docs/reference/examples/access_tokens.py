"""The gateway verifies the access tokens of the service `sessions` with its public keys."""

from stead import AccessTokens, Backend, Gateway, Route, Service

sessions = Service("sessions", command="node sessions.js", routes=[Route.service("GET", "/v1/keys", "keys")])
orders = Service("orders", command="node orders.js", routes=[Route.user("GET", "/v1/orders")])
users = AccessTokens(sessions, keys="/v1/keys")

backend = Backend("shop", gateway=Gateway("gateway", users=users, fronts=[orders]), services=[sessions, orders])
