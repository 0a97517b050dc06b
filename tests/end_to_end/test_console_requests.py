"""The requests that are sent from the page: as whom, with which key, and what is shown of them."""

import json

import pytest

from end_to_end.console_page import Page


@pytest.fixture(scope="module")
def page(rewards):
    made = Page(rewards)
    yield made
    made.client.close()


def send(page, service, method, path, **more):
    attempt = {"service": service, "method": method, "path": path, **more}
    return page.client.post("/api/requests", json=attempt, headers={"origin": page.address.url})


def answered(page, service, method, path, **more):
    answer = send(page, service, method, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["answer"]


def test_a_route_is_asked_as_a_user_as_a_service_and_as_nobody(page):
    balance = ("points-service", "GET", "/v1/points/balance")
    asked = answered(page, *balance, identity="user", user="console-ann")
    assert (asked["status"], json.loads(asked["body"])["user_id"]) == (200, "console-ann")
    spans = page.until(lambda found: len(found["spans"]) >= 3, f"traces/{asked['trace']}", pending=1)["spans"]
    assert {"api-gateway", "points-service"} <= {each["service"] for each in spans}
    assert answered(page, *balance, identity="nobody")["status"] == 401
    assert answered(page, *balance, identity="nobody-direct")["status"] == 401
    event = json.dumps({"title": "x", "starts_at": "2030-01-01T00:00:00Z", "capacity": 1})
    create = ("content-service", "POST", "/v1/events")
    refused = answered(page, *create, identity="user", user="console-ann", body=event, key="e1")
    assert refused["status"] == 403
    allowed = answered(page, *create, identity="user", user="console-ann", roles=["editor"], body=event, key="e1")
    assert allowed["status"] != 403


def test_a_request_is_sent_again_with_the_same_key_and_with_a_new_one(page):
    award = ("points-service", "POST", "/v1/awards")
    body = json.dumps({"user_id": "console-ben", "amount": 5, "reason": "try"})
    as_auth = {"identity": "service", "caller": "auth-service", "body": body}
    first, again, other = (answered(page, *award, key=key, **as_auth) for key in ("k1", "k1", "k2"))
    assert [first["status"], again["status"], other["status"]] == [201, 201, 201]
    assert (again["body"], other["body"] != first["body"]) == (first["body"], True)
    assert ["idempotency-replayed", "true"] in again["headers"]
    undeclared = answered(page, *award, key="k3", **as_auth | {"caller": "token-service"})
    assert undeclared["status"] in (401, 403)
    sent = page.get("requests")["sent"]
    assert [each["attempt"]["key"] for each in sent[:4]] == ["k3", "k2", "k1", "k1"]


def test_no_credential_of_a_sent_request_is_shown(rewards, page):
    name = json.dumps({"name": "laptop", "scopes": ["points:read"], "days": 1})
    asked = send(page, "token-service", "POST", "/v1/tokens", identity="user", user="console-cat", body=name, key="t")
    secrets = json.loads((rewards.folder / ".stead" / "secrets.json").read_text())
    shown = asked.text + page.client.get("/api/requests").text + page.client.get("/api/forms").text
    assert not [each for each in secrets.values() if str(each) in shown]
    assert "Bearer" not in shown
    assert "eyJ" not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"service": "nobody"}, "there is no service 'nobody'"),
        ({"method": "BREW"}, "there is no method 'BREW'"),
        ({"path": "//evil example"}, "path is not a path"),
        ({"identity": "user"}, "user is missing"),
        ({"identity": "service", "caller": "thief"}, "there is no service 'thief'"),
        ({"identity": "root"}, "identity"),
        ({"key": "two words"}, "not an Idempotency-Key"),
        ({"headers": {"Authorization": "Bearer x"}}, "choose the sender"),
        ({"headers": {"x": "a\r\nb: c"}}, "cannot be sent"),
    ],
)
def test_a_request_that_cannot_be_sent_is_named(page, wrong, said):
    answer = send(page, **{"service": "points-service", "method": "GET", "path": "/v1/points/balance"} | wrong)
    assert (answer.status_code, said in answer.json()["error"]) == (400, True), answer.text


def test_every_route_has_a_form(page):
    forms = {each["name"]: each["routes"] for each in page.get("forms")["services"]}
    award = next(each for each in forms["points-service"] if each["path"] == "/v1/awards")["form"]
    assert award["body"] == "json"
    assert [(each["name"], each["kind"], each["required"]) for each in award["fields"]] == [
        ("user_id", "string", True), ("amount", "integer", True), ("reason", "string", True),
        ("occurred_at", "string", False),
    ]  # fmt: skip
    assert not [each for routes in forms.values() for each in routes if not each["form"]["summary"]]
