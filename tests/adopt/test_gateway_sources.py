"""What the configuration of a gateway tells: nginx, KrakenD, Traefik, Oathkeeper."""

import pytest

from adopt.adopting import adopted, node, service
from stead.adopt.sources.oathkeeper import paths

NGINX = """
upstream orders_up { server orders:3000; }
server {
  location = /v1/prices { proxy_pass http://orders_up; }
  location /v1/orders { auth_request /auth; proxy_pass http://orders:3000; }
  location ~ \\.php$ { proxy_pass http://orders:3000; }
}
"""
KRAKEND = """{"version": 3, "endpoints": [
  {"endpoint": "/v1/prices", "backend": [{"host": ["http://orders:3000"], "url_pattern": "/p"}]},
  {"endpoint": "/v1/orders/{id}", "method": "PUT", "extra_config": {"auth/validator": {}},
   "backend": [{"host": ["http://orders:3000"]}]}]}"""
BUILT = "services:\n  orders: {build: orders}\n  edge: {image: 'nginx:1.27.3'}\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("edge/nginx.conf", NGINX, ["ANY /v1/prices public", "ANY /v1/orders user"]),
        ("edge/krakend.json", KRAKEND, ["GET /v1/prices public", "PUT /v1/orders/{id} user"]),
    ],
)
def test_a_gateway_that_is_configuration(tmp_path, name, text, expected):
    _, backend = adopted(tmp_path, {"compose.yaml": BUILT, name: text, **node("orders")})
    orders = service(backend, "orders")
    assert [f"{route} {route.access}" for route in orders.routes] == expected
    assert backend.gateway.fronts == (orders,)
    assert [each.name for each in backend.services] == ["orders"]


def test_the_labels_of_traefik(tmp_path):
    labels = 'traefik.http.routers.orders.rule: "Host(`a.example`) && PathPrefix(`/v1/orders`) && Method(`GET`)"'
    compose = f"services:\n  orders:\n    build: orders\n    labels:\n      {labels}\n"
    text, backend = adopted(tmp_path, {"compose.yaml": compose, **node("orders")})
    assert [str(route) for route in service(backend, "orders").routes] == ["GET /v1/orders"]
    assert "Traefik forwards every path below it" in text


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/v1/plans", ["/v1/plans"]),
        ("/v1/tenants/<[^/]+>/members", ["/v1/tenants/{id}/members"]),
        ("/v1/projects<(|/[^/]+)>", ["/v1/projects", "/v1/projects/{id}"]),
        ("/v1/files/<.*>", ["/v1/files/{id}"]),
        ("/v1/<(a|b)>", ["/v1/{id}"]),
    ],
)
def test_patterns_of_oathkeeper(pattern, expected):
    assert [path for path, _ in paths(pattern)] == expected
