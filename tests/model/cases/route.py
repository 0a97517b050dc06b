"""Routes that overlap, cannot be reached, or are not written well."""

from stead import Backend, Clerk, Gateway, Route, Service

events = Service(
    "events",
    command="run",
    routes=[
        Route.public("GET", "/v1/events/{id}"),
        Route.user("GET", "/v1/events/mine"),  #! ROUTE001
        Route.user("POST", "/v1/events/mine"),
        Route.user("GET", "v1/events"),  #! ROUTE003
        Route.user("GET", "/v1//events"),  #! ROUTE003
        Route.user("GET", "/v1/events/../admin"),  #! ROUTE003
        Route("POST", "/v1/import", "service"),  #! ROUTE004
        Route.user("GET", "/{rest:path}/more"),  #! ROUTE003
        Route.user("GET", "/"),
        Route.user("GET", "/docs/"),
        Route.user("GET", "/{rest:path}"),
        Route.user("GET", "/{other:path}"),  #! ROUTE001
        Route.user("POST", "/v1/files", body="50 apples"),  #! ROUTE008
        Route.user("POST", "/v1/socket", websocket=True),  #! ROUTE008
    ],
)
other = Service("other", command="run", routes=[Route.user("GET", "/v1/{kind}/all")])  #! ROUTE001
hidden = Service("hidden", command="run", routes=[Route.public("GET", "/v1/hidden")])  #! ROUTE002
inner = Service("inner", command="run", routes=[Route.service("GET", "/v1/inner", "read")])

backend = Backend(
    "shop",
    gateway=Gateway("edge", users=Clerk(), fronts=[events, other]),
    services=[events, other, hidden, inner],
)
