"""Users sign in at Keycloak; the gateway believes its access tokens for the audience `shop`, and no others."""

from stead import Backend, Gateway, Oidc, Route, Service

orders = Service("orders", command="node orders.js", routes=[Route.user("DELETE", "/v1/orders/{id}", roles=("admin",))])
users = Oidc("https://id.example.com/realms/shop", audience="shop", roles_claim="realm_access.roles")
gateway = Gateway("gateway", users=users, fronts=[orders])

backend = Backend("shop", gateway=gateway, services=[orders])
