"""A whole service: handlers, what they are given, and what bad input gets."""

import asyncio
from hashlib import sha256
from uuid import uuid4

import pytest

from kit.orders import SERVICE, Kitchen, create
from stead.kit.user import User
from stead.testing.harness import running

ORDER = {"name": "soup", "lines": [{"amount": 1}]}
JSON = {"content-type": "application/json"}


async def test_a_handler_gets_what_it_asks_for():
    async with running(create, service=SERVICE) as app:
        answer = await app.post(
            "/v1/orders", caller="auth-service", content=b'{"name":"s","lines":[]}', headers=JSON, key="k"
        )
        digest = sha256(b'POST /v1/orders\n{"name":"s","lines":[]}').hexdigest()
        assert answer.status_code == 201
        assert answer.json() == {"name": "s", "said": ["auth-service", "auth-service", "k", digest, "opened"]}
        name = uuid4()
        assert (await app.get(f"/v1/orders/{name}?limit=7", user="user_1")).json() == {
            "name": str(name),
            "said": ["user_1", "7"],
        }


async def test_a_user_owns_their_keys_and_a_handler_may_answer_as_it_likes():
    async with running(create, service=SERVICE) as app:
        answer = await app.put("/v1/orders/a", user="u", roles=["cook"], json={"name": "b"}, key="k")
        assert (answer.status_code, answer.headers["x-was"]) == (202, "a")
        assert answer.json() == {"name": "a", "said": ["b", "user:u", "u"]}
        gone = await app.delete("/v1/orders/a", user=User("u", method="token", scopes=frozenset({"orders:write"})))
        assert (gone.status_code, gone.content, gone.headers.get("content-type")) == (204, b"", None)
        assert (await app.get("/v1/stream")).text == "ab"


async def test_a_raw_body_and_a_form():
    async with running(create, service=SERVICE) as app:
        raw = await app.post("/v1/webhooks", content=b'{ "a":1}', headers={"x-signature": "s"})
        assert raw.json() == {"name": '{ "a":1}', "said": ["s", "True"]}
        assert (await app.post("/v1/forms", data={"token": "pat_1", "count": "3"})).json()["said"] == ["3"]


async def test_head_counts_as_get():
    async with running(create, service=SERVICE) as app:
        assert (await app.request("HEAD", "/v1/stream")).status_code == 200
        assert (await app.request("HEAD", "/v1/refused")).status_code == 409


async def test_parts_are_opened_closed_and_asked():
    kitchen = Kitchen()
    async with running(lambda: create(kitchen), service=SERVICE) as app:
        assert kitchen.log == ["opened"]
        assert (await app.get("/health")).json()["status"] == "ok"
        kitchen.log.append("broken")
        assert (await app.get("/health")).status_code == 503
        assert (await app.get("/readyz")).json() == {"status": "unavailable", "checks": {"kitchen": "unavailable"}}
    assert kitchen.log == ["opened", "broken", "closed"]


async def chunks(*parts):
    for part in parts:
        yield part


def order(content, **how):
    return {"content": content, "headers": JSON, **how}


BAD_BODIES = [
    (order(b"{"), 400, "malformed_json"),
    (order(b""), 400, "malformed_json"),
    (order(b"\xff"), 400, "malformed_json"),
    (order(b'{"name":"a","lines":[]} x'), 400, "malformed_json"),
    (order(b'{"name":1,"lines":[]'), 400, "malformed_json"),
    (order(b"[" * 200_000), 400, "malformed_json"),
    (order(b'{"x":' + b"[" * 200_000), 400, "malformed_json"),
    (order(b'{"name":"\\ud800","lines":[]}'), 400, "malformed_json"),
    (order(b"null"), 422, "invalid_body"),
    (order(b"[]"), 422, "invalid_body"),
    (order(b'{"name":"a","lines":[{"amount":9007199254740993}]}'), 422, "invalid_body"),
    (order(b'{"name":"a","lines":[{"amount":1e400}]}'), 400, "malformed_json"),
    (order(b'{"name":"a","lines":[{"amount":true}]}'), 422, "invalid_body"),
    (order(b"{}", headers={}), 415, "unsupported_media_type"),
    (order(b"{}", headers={"content-type": "text/plain"}), 415, "unsupported_media_type"),
    (order(b"{}", headers={"content-type": "application/json-patch"}), 415, "unsupported_media_type"),
    (order(b"{}", headers={"content-type": "application/x-www-form-urlencoded"}), 415, "unsupported_media_type"),
    (order(b" " * 1_048_577), 413, "body_too_large"),
    (order(b"{}", headers=JSON | {"content-length": "1048577"}), 413, "body_too_large"),
    (order(b"{}", headers=JSON | {f"x-{n}": "1" for n in range(10_000)}), 431, "headers_too_large"),
    (order(b"{}", headers=JSON | {"x-long": "1" * 41_000}), 431, "headers_too_large"),
    (order(b"{}", headers=JSON | {"content-length": "x"}), 400, "malformed_request"),
]


async def test_bad_bodies_are_refused():
    async with running(create, service=SERVICE) as app:
        for how, status, code in BAD_BODIES:
            answer = await app.post("/v1/orders", caller="auth-service", **how)
            assert (answer.status_code, answer.json()["code"]) == (status, code), how["content"][:40]
        streamed = order(chunks(*[b" " * 100_000] * 11))
        answer = await app.post("/v1/orders", caller="auth-service", **streamed)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        exact = order(chunks(b'{"name":"a","lines":[]}', b" " * (1_048_576 - 23)))
        assert (await app.post("/v1/orders", caller="auth-service", **exact)).status_code == 201


async def test_a_charset_and_other_json_types_are_fine():
    async with running(create, service=SERVICE) as app:
        for media in ("application/json; charset=utf-8", "Application/JSON", "application/vnd.order+json"):
            how = {"json": ORDER, "headers": {"content-type": media}}
            assert (await app.post("/v1/orders", caller="auth-service", **how)).status_code == 201


async def test_every_fault_of_a_body_is_named():
    async with running(create, service=SERVICE) as app:
        body = {"name": 3, "lines": [{"amount": 0}, {"note": 1}, 7], "due": "soon"}
        answer = await app.post("/v1/orders", caller="auth-service", json=body)
        assert {each["path"] for each in answer.json()["errors"]} == {
            "$.name",
            "$.lines[0].amount",
            "$.lines[1].amount",
            "$.lines[1].note",
            "$.lines[2]",
            "$.due",
        }
        unknown = await app.put("/v1/orders/a", user="u", roles=["cook"], json={"name": "b", "other": 1})
        assert unknown.json()["errors"] == [{"path": "$", "message": "Object contains unknown field `other`"}]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"token=a&token=b", 400, "malformed_form"),
        (b"token", 400, "malformed_form"),
        (b"token=\xff", 400, "malformed_form"),
        (b"token=%ff", 400, "malformed_form"),
        (b"count=1", 422, "invalid_body"),
        (b"", 422, "invalid_body"),
        (b"token=a&count=x", 422, "invalid_body"),
    ],
)
async def test_bad_forms_are_refused(content, status, code):
    async with running(create, service=SERVICE) as app:
        media = {"content-type": "application/x-www-form-urlencoded"}
        answer = await app.post("/v1/forms", content=content, headers=media)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_bad_parameters_are_refused_with_their_names():
    async with running(create, service=SERVICE) as app:
        for path, name in [(f"{uuid4()}?limit=0", "limit"), (f"{uuid4()}?limit=x", "limit"), ("soup", "order_id")]:
            answer = await app.get(f"/v1/orders/{path}", user="u")
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")
            assert [each["path"] for each in answer.json()["errors"]] == [name]


async def test_errors_of_a_handler():
    async with running(create, service=SERVICE) as app:
        answer = await app.get("/v1/broken")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "hunter2" not in answer.text
        assert answer.json()["request_id"]
        assert (await app.get("/v1/refused")).json()["by"] == "somebody"
        late = await app.get("/v1/slow?seconds=30", headers={"x-envoy-expected-rq-timeout-ms": "50"})
        assert (late.status_code, late.json()["code"]) == (504, "deadline")


async def test_callers_are_those_that_the_test_declares():
    declared = {"auth-service": ["order"], "content-service": []}
    async with running(create, service=SERVICE, callers=declared) as app:
        assert (await app.post("/v1/orders", caller="auth-service", json=ORDER)).status_code == 201
        assert (await app.post("/v1/orders", caller="auth-service", may=[], json=ORDER)).status_code == 403
        assert (await app.post("/v1/orders", caller="content-service", json=ORDER)).status_code == 403
        assert (await app.post("/v1/orders", caller="stranger", json=ORDER)).status_code == 401
        assert (await app.post("/v1/orders", json=ORDER)).status_code == 401
        assert (await app.post("/v1/orders", gateway=True, json=ORDER)).status_code == 403
        assert (await app.get("/v1/stream", gateway=False)).status_code == 401


async def test_many_requests_at_once_keep_apart():
    async with running(create, service=SERVICE) as app:
        asked = [app.get(f"/v1/orders/{uuid4()}?limit={1 + n % 100}", user=f"user_{n}") for n in range(200)]
        answers = await asyncio.gather(*asked)
        assert [each.json()["said"] for each in answers] == [[f"user_{n}", str(1 + n % 100)] for n in range(200)]
