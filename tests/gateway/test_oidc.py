"""Users of an OpenID Connect provider, and the prefix of the paths outside, on the real Envoy."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from gateway.edge import UNLIMITED, an_edge
from stead import Backend, Gateway, Oidc, Route, Service
from stead.gateway.agent.discovery import keys_url_of
from stead.gateway.agent.keyset import UnusableKeySet
from stead.gateway.agent.verification import Verification
from stead.kit.user import user_from

ISSUER = "https://id.example.com/realms/archpad"
KEY = generate_private_key(65537, 2048)


def token(**claims):
    now = int(time.time())
    body = {"iss": ISSUER, "aud": "archpad", "sub": "ann", "iat": now, "exp": now + 300, "typ": "Bearer"} | claims
    return jwt.encode({k: v for k, v in body.items() if v is not None}, KEY, "RS256", headers={"kid": "one"})


@pytest.fixture(scope="module")
def rest(tmp_path_factory):
    """An edge whose users come from a provider that is found by its discovery document."""
    folder = tmp_path_factory.mktemp("oidc")
    jwk = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "one", "alg": "RS256", "use": "sig"}
    encryption = jwk | {"kid": "two", "alg": "RSA-OAEP", "use": "enc"}  # Keycloak publishes one as well
    (folder / "keys.json").write_text(json.dumps({"keys": [encryption, jwk]}))
    (folder / "discovery.json").write_text(json.dumps({"issuer": ISSUER, "jwks_uri": (folder / "keys.json").as_uri()}))
    things = Service(
        "things-service",
        command="none",
        routes=[
            Route.public("GET", "/v1/open"),
            Route.user("GET", "/v1/me"),
            Route.user("GET", "/v1/things/{id}"),
            Route.user("PUT", "/v1/things/{id}", roles=("editor",)),
        ],
    )
    down = Service("down-service", command="none", routes=[Route.public("GET", "/v1/open")])
    users = Oidc(ISSUER, "archpad", roles_claim="realm_access.roles", tenants_claim="tenants")
    gateway = Gateway("api-gateway", users=users, fronts=[things, down], rate=UNLIMITED, prefix="/rest/{service}")
    environ = {"OIDC_JWKS_URL": (folder / "discovery.json").as_uri()}
    with an_edge(Backend("tried", [things, down], gateway), environ=environ) as edge:
        yield edge


def ask(edge, path="/rest/things-service/v1/me", method="GET", headers=(), **claims):
    return edge.ask(method, path, headers, token=token(**claims))


def sent(answer):
    assert answer.status == 200, answer.body
    return answer.json["path"], {name.encode(): value.encode() for name, value in answer.json["headers"]}


def test_the_prefix_is_stripped_and_the_query_stays(rest):
    assert sent(ask(rest))[0] == "/v1/me"
    assert sent(ask(rest, "/rest/things-service/v1/things/rest?at=/rest/x"))[0] == "/v1/things/rest?at=/rest/x"
    assert sent(rest.get("/rest/things-service/v1/open?a=1"))[0] == "/v1/open?a=1"


@pytest.mark.parametrize(
    "path", ["/v1/open", "/rest/v1/open", "/rest/things-service", "/rest/things-servicex/v1/open", "/rest//v1/open"]
)
def test_a_path_without_its_prefix_does_not_exist(rest, path):
    assert rest.get(path).status == 404


def test_two_services_may_have_the_same_route_under_their_prefixes(rest):
    assert rest.get("/rest/things-service/v1/open").status == 200
    assert rest.get("/rest/down-service/v1/open").status == 503
    wrong = rest.ask("DELETE", "/rest/things-service/v1/open")
    assert (wrong.status, wrong.header("allow")) == (405, "GET")


def test_the_user_their_roles_and_their_tenants_reach_the_service(rest):
    _, headers = sent(ask(rest, realm_access={"roles": ["editor", "viewer"]}, tenants=["one", "two"]))
    user = user_from(headers)
    assert (user.id, user.method) == ("ann", "oidc")
    assert (user.roles, user.tenants) == ({"editor", "viewer"}, {"one", "two"})
    _, headers = sent(ask(rest, realm_access={"roles": "editor viewer"}, tenants="one"))
    assert user_from(headers).roles == {"editor", "viewer"}
    assert user_from(headers).tenants == {"one"}
    assert user_from(sent(ask(rest))[1]).tenants is None


def test_an_empty_list_of_tenants_is_no_tenant_and_not_all_of_them(rest):
    _, headers = sent(ask(rest, tenants=[]))
    assert user_from(headers).tenants == frozenset()


@pytest.mark.parametrize("roles", [["viewer", "editor"], "viewer editor", ["editor"]])
def test_a_role_is_found_in_a_list_and_in_a_text(rest, roles):
    assert ask(rest, "/rest/things-service/v1/things/1", "PUT", realm_access={"roles": roles}).status == 200


@pytest.mark.parametrize("roles", [["viewer"], "viewer", ["editors"], [], ["viewer editor"]])
def test_who_has_not_the_role_is_refused(rest, roles):
    assert ask(rest, "/rest/things-service/v1/things/1", "PUT", realm_access={"roles": roles}).status == 403


BAD = {
    "for another client": {"aud": "account"},
    "without an audience": {"aud": None},
    "of another issuer": {"iss": "https://id.example.com/realms/other"},
    "an ID token": {"typ": "ID"},
    "a refresh token": {"typ": "Refresh"},
    "expired": {"exp": int(time.time()) - 60},
    "that never ends": {"exp": None},
    "of nobody": {"sub": ""},
}


@pytest.mark.parametrize("claims", BAD.values(), ids=BAD)
def test_a_token_is_refused(rest, claims):
    answer = ask(rest, **claims)
    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")


def test_a_client_cannot_say_its_tenants(rest):
    for name in ("X-Tenant-Ids", "x.tenant.ids", "X-TENANT-IDS"):
        _, headers = sent(ask(rest, headers=[(name, "victim")]))
        assert user_from(headers).tenants is None


@pytest.mark.parametrize("uri", ["http://id.example.com/keys", "file:///etc/passwd", "ftp://x/y", 7, ""])
def test_a_discovery_document_leads_nowhere_else(uri):
    with pytest.raises(UnusableKeySet):
        keys_url_of(json.dumps({"jwks_uri": uri}).encode(), "https://id.example.com/.well-known/openid-configuration")


def test_a_key_set_is_no_discovery_document():
    assert keys_url_of(b'{"keys": []}', "https://id.example.com/keys") == ""
    assert keys_url_of(b"not JSON", "https://id.example.com/keys") == ""


def test_a_provider_never_takes_the_keys_of_one_whose_name_begins_alike(tmp_path):
    words = {"providers": {name: {"local_jwks": {"filename": "/x/y"}} for name in ("oidc", "oidc-staff")}}
    Verification(words, {}, tmp_path).keep("oidc-staff", '{"keys": []}')
    assert not Verification(words, {}, tmp_path).has_keys("oidc")
    assert Verification(words, {}, tmp_path).has_keys("oidc-staff")
