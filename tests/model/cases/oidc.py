"""OpenID Connect providers that would believe too much, and a prefix that is not a path."""

from stead import Backend, Gateway, Oidc, Route, Service

orders = Service("orders", command="run", routes=[Route.user("GET", "/v1/orders")])
no_audience = Oidc("https://id.example.com/realms/shop", audience="")  #! GATEWAY007
plain_http = Oidc("http://id.example.com", audience="shop", name="plain")  #! GATEWAY007
unsigned = Oidc("https://id.example.com", audience="shop", name="none", algorithm="none")  #! GATEWAY007
same_name = Oidc("https://other.example.com", audience="shop")  #! GATEWAY007
odd_name = Oidc("https://other.example.com", audience="shop", name="My Provider")  #! GATEWAY006
taken = Oidc("https://other.example.com", audience="shop", name="token")  #! GATEWAY007
of_service = Oidc("https://other.example.com", audience="shop", name="orders")  #! GATEWAY007
users = [no_audience, plain_http, unsigned, same_name, odd_name, taken, of_service]
edge = Gateway("edge", users=users, fronts=[orders], prefix="/rest/{team}/")  #! GATEWAY008

backend = Backend("shop", gateway=edge, services=[orders])
