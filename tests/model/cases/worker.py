"""Workers that nobody could deploy: a folder elsewhere, a Worker twice, an account that is none, an image."""

from stead import Backend, Clerk, Environment, Gateway, Oidc, Route, Service, Workers

far = Service("far", worker="/srv/apps/far")  #! WORKER001
own = Service("own", worker="apps/own")
python = Service("python", app="shop.app:create")
image = Service("image", image="example.com/image@sha256:" + "0" * 64)  #! WORKER005
page = Service(  #! WORKER005
    "page", static="web/dist", routes=[Route.service("GET", "/{path:path}", "read")]
)
long = Service("s" * 50, app="shop.app:create")
stranger = Service("stranger", app="shop.app:create")
both = Service("both", worker="apps/both", command="node both.js")  #! SERVICE001
code = {own: "apps/2", stranger: "apps/s", python: "apps/p?"}
bad = Workers("acme", code, "now")  #! WORKER001 WORKER002 WORKER002 WORKER003 WORKER003 WORKER004
backend = Backend(
    "shop",
    services=[far, own, python, image, page, long, both],
    gateway=Gateway("edge", users=[Clerk(), Oidc("https://example.com", "shop")]),  #! WORKER006 WORKER006
    environments=[
        Environment("dev"),
        Environment("staging", workers=bad),
        Environment("prod", without=[image, page], workers=Workers("0" * 32)),  #! WORKER004
    ],
)
