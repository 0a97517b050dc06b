"""Front ends of static files: where the files are, and what they cannot be asked for."""

from stead import Backend, Route, Service

prices = Service("prices", command="run", routes=[Route.service("GET", "/v1/prices", "read")])

web = Service("web", static="web/dist/")
twice = Service("twice", static="web/dist", app="shop.app:create")  #! SERVICE001
itself = Service("itself", static=".")  #! SERVICE006
above = Service("above", static="../dist")  #! SERVICE006
absolute = Service("absolute", static="/srv/www")  #! SERVICE006
hidden = Service("hidden", static="web/.next")  #! SERVICE006
caller = Service("caller", static="web/dist", calls=[prices.may("read")])  #! SERVICE007
moved = Service("moved", static="dist", folder="web")  #! SERVICE007
post = Route.public("POST", "/sign-up")  #! SERVICE007
form = Service("form", static="web/dist", routes=[post])

services = [prices, web, twice, itself, above, absolute, hidden, caller, moved, form]
backend = Backend("shop", services=services)
