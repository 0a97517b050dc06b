"""Nothing is wrong here: a circle that is meant, a database of its own for each, two identity providers."""

from stead import Backend, Call, Clerk, Environment, Gateway, Introspection, Postgres, Route, Service, Setting

keys = Service(
    "keys", command="node keys.js", needs=[Postgres()], routes=[Route.service("ANY", "/v1/authorize", "introspect")]
)
auth = Service(
    "auth",
    command=["node", "dist/auth.js"],
    needs=[Postgres()],
    settings=[Setting("LIMIT", int, 5)],
    calls=[Call(lambda: game, ("ensure",), because="who plays is the game's business")],
    routes=[Route.service("POST", "/v1/verify", "verify")],
)
game = Service(
    "game",
    command="./game",
    calls=[auth.may("verify")],
    routes=[Route.user("GET", "/v1/players/{id}"), Route.service("POST", "/v1/users/ensure", "ensure")],
)

backend = Backend(
    "play",
    gateway=Gateway("edge", users=[Clerk(), Introspection(keys, "pat_", "/v1/authorize")], fronts=[game]),
    services=[auth, game, keys],
    environments=[Environment("dev"), Environment("prod", {auth: {"LIMIT": 9}}, without=(keys,))],
)
