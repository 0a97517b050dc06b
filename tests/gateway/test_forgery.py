"""What a client must not be able to say, and where it must not be able to go."""

import pytest

SPELLINGS = [
    "X-User-Id",
    "x-user-id",
    "X.User.Id",
    "X-User.Id",
    "X~User~Id",
    "XUser-Id",
    "X-User-Roles",
    "X-User-Scopes",
    "X-User-Actor",
    "X-Session-Id",
    "X-Auth-Method",
    "X-Tenant-Id",
    "X-Service-Token",
    "X.Service.Token",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-original-path",
    "x-envoy-upstream-rq-timeout-ms",
    "x-envoy-retry-on",
]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("user", [None, "user_1"], ids=["public", "user"])
def test_an_identity_header_of_the_client_never_arrives(edge, name, user):
    forged = [(name, "admin-forged"), (name, "admin-forged")]
    answer = edge.get("/v1/me" if user else "/v1/open", forged, user=user)
    assert answer.status == 200
    assert b"admin-forged" not in answer.body
    if user:
        assert answer.sent["x-user-id"] == ["user_1"]
    else:
        assert not [header for header in answer.sent if header.startswith(("x-user", "x-session", "x-auth"))]


@pytest.mark.parametrize("name", ["X_User_Id", "x_user_id", "X-User_Id", "X_Service_Token"])
def test_a_header_with_an_underscore_is_refused(edge, name):
    answer = edge.get("/v1/open", [(name, "admin")])
    assert (answer.status, answer.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize("name", ["X-User-Id ", "X-User-Id\x00", "X-User\tId", "X-User(Id)"])
def test_a_malformed_header_is_refused(edge, name):
    assert edge.get("/v1/open", [(name, "admin")]).status == 400


def test_a_folded_header_is_part_of_the_one_before(edge):
    assert "x-user-id" not in edge.get("/v1/open", [("X-Before", "1"), (" X-User-Id", "admin")]).sent


def test_a_forged_identity_beside_an_api_token_is_dropped(edge):
    sent = edge.get("/v1/me", [("X-User-Id", "admin"), ("X-User-Roles", "editor")], token="pat_good").sent
    assert sent["x-user-id"] == ["user_pat"]
    assert "x-user-roles" not in sent


def test_a_public_route_strips_its_authorization_and_asks_nobody(edge):
    answer = edge.ask("POST", "/v1/hook", [("Authorization", "Basic dTpw")], b"{}")
    assert answer.status == 200
    assert "authorization" not in answer.sent
    assert "x-user-id" not in answer.sent


@pytest.mark.parametrize("token", ["nonsense", "pat_bad", "a.b.c"])
def test_a_bad_credential_does_not_close_a_public_route(edge, token):
    assert edge.get("/v1/open", token=token).status == 200


@pytest.mark.parametrize("path", ["/v1/inner", "/v1/authorize", "/v1//inner", "/v1/open/../inner", "/./v1/inner"])
@pytest.mark.parametrize("user", [None, "user_1"])
def test_a_service_route_does_not_exist_outside(edge, path, user):
    answer = edge.ask("POST", path, [("X-Service-Token", "Bearer x")], user=user)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_a_service_route_on_a_path_with_others_is_a_wrong_method(edge):
    answer = edge.get("/v1/things", user="user_1")
    assert (answer.status, answer.json["code"], answer.header("allow")) == (405, "method_not_allowed", "POST")


STRANGE = {
    "/v1/open/": 404,
    "/v1/OPEN": 404,
    "/v1/open;x=1": 404,
    "/v1/openx": 404,
    "/v1": 404,
    "/": 404,
    "//v1//open": 200,
    "/v1/./open": 200,
    "/v1/x/../open": 200,
    "/v1/%2e%2e/v1/open": 200,
    "/v1/%6Fpen": 200,
    "/v1%2fopen": 400,
    "/v1%5copen": 400,
    "/v1\\open": 200,
    "/v1/open%00": 400,
    "/../v1/open": 200,
    "/../../etc/passwd": 404,
    "/v1/open#x": 400,
    "/v1/articles/": 404,
    "/v1/articles//": 404,
    "/v1/articles/a/": 404,
    "/v1/articles/a/b": 404,
    "/v1/articles/a%2fnotes%2fb": 400,
    "/v1/articles/..": 404,
    "/v1/articles/%2e%2e": 404,
    "/v1/articles/a": 200,
    "/v1/articles/a.b-c~d": 200,
    "/v1/articles/a/notes/b": 200,
    "/v1/articles//notes/b": 404,
    "/v1/open?x=/../inner": 200,
    "/v1/open?//..": 200,
}


@pytest.mark.parametrize("path", STRANGE)
def test_a_path_means_one_thing(edge, path):
    answer = edge.get(path)
    assert answer.status == STRANGE[path]
    if answer.status >= 400:
        assert answer.header("content-type") == "application/problem+json"
    elif "open" in path:
        assert answer.json["path"].partition("?")[0] == "/v1/open"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "HEAD", "PUT", "BREW"])
def test_a_method_that_no_route_declares_goes_nowhere(edge, method):
    seen = len(edge.services.by_name["things-service"].seen)
    assert edge.ask(method, "/v1/open").status in {400, 403, 404, 405, 501}
    assert len(edge.services.by_name["things-service"].seen) == seen


def test_the_absolute_form_and_a_strange_host_change_nothing(edge):
    assert edge.get("http://other.example.com/v1/open").status == 200
    assert edge.get("http://other.example.com/v1/inner").status == 404
