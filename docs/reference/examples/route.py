"""A route for everyone, one for users, one for a role, and one for services."""

from stead import Backend, Clerk, Gateway, Route, Service

articles = Service(
    "articles",
    command="node articles.js",
    routes=[
        Route.public("GET", "/v1/articles"),
        Route.user("POST", "/v1/articles", timeout=10.0),
        Route.user("DELETE", "/v1/articles/{id}", roles=("editor",), scope=None),
        Route.service("GET", "/v1/articles/{id}/author", "author"),
    ],
)

backend = Backend("shop", gateway=Gateway("gateway", users=Clerk(), fronts=[articles]), services=[articles])
