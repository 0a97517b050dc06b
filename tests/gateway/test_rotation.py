"""Keys and tokens change while requests come in, and nobody notices."""

import json
import time

import jwt

from gateway.edge import Services, Upstream, an_edge, eventually
from stead.gateway.agent.plan import Plan
from stead.gateway.agent.task import TokenTask
from stead.gateway.agent.token import signing_key
from stead.kit.key import new_private_key
from stead.testing.clerk import StandInClerk


def test_a_new_key_is_believed_soon_and_an_old_one_no_longer():
    with an_edge() as edge:
        old = edge.clerk.session("u1")
        assert edge.get("/v1/me", token=old).status == 200
        fresh = StandInClerk(edge.clerk.issuer, kid="ins_fresh")
        assert edge.get("/v1/me", token=fresh.session("u1")).status == 401
        both = {"keys": edge.clerk.key_set()["keys"] + fresh.key_set()["keys"]}
        (edge.folder / "jwks.json").write_text(json.dumps(both))
        eventually(lambda: edge.get("/v1/me", token=fresh.session("u1")).status == 200, 3)
        assert edge.get("/v1/me", token=old).status == 200
        (edge.folder / "jwks.json").write_text(json.dumps(fresh.key_set()))
        eventually(lambda: edge.get("/v1/me", token=edge.clerk.session("u1")).status == 401, 3)
        assert edge.get("/v1/me", token=fresh.session("u1")).status == 200
        eventually(lambda: edge.get("/v1/me", token=old).status == 401, 3)


def test_a_malformed_key_set_never_reaches_envoy():
    with an_edge() as edge:
        (edge.folder / "jwks.json").write_text('{"keys": [{"kty": "RSA", "n": "!", "e": "AQAB", "kid": "x"}]}')
        eventually(lambda: "last valid one stays in use" in (edge.folder / "agent.log").read_text())
        assert edge.get("/v1/me", user="u1").status == 200


def test_no_request_is_dropped_while_service_tokens_change(edge):
    keyring = edge.services.by_name["things-service"].keyring
    secret = new_private_key("api-gateway")
    kept = Plan.from_json((edge.folder / "plan.json").read_text())
    chore = TokenTask(kept, {"SERVICE_JWT_SECRET": signing_key(secret)}, edge.folder / "tokens")
    good = (edge.folder / "tokens" / "things-service.json").read_text()
    seen = set()
    try:
        for _ in range(30):
            chore.do(time.time())
            answer = edge.get("/v1/open")
            assert answer.status == 200
            seen.add(answer.sent["x-service-token"][0])
            time.sleep(0.02)
    finally:
        (edge.folder / "tokens" / ".things").write_text(good)
        (edge.folder / "tokens" / ".things").replace(edge.folder / "tokens" / "things-service.json")
    assert len(seen) > 3
    token = good and json.loads(good)["resources"][0]["generic_secret"]["secret"]["inline_string"]
    eventually(lambda: edge.get("/v1/open").sent["x-service-token"] == [f"Bearer {token}"])
    assert keyring.verify(token).name == "api-gateway"


def test_a_shared_secret_serves_where_clerk_signs_with_one():
    secret = "a shared secret of Clerk's, long enough for the longest of the hashes"
    with an_edge(environ={"CLERK_JWT_SECRET": secret}) as edge:
        good = jwt.encode(edge.clerk.claims("u1"), secret, "HS256")
        assert edge.get("/v1/me", token=good).sent["x-user-id"] == ["u1"]
        assert edge.get("/v1/me", token=jwt.encode(edge.clerk.claims("u1"), "x" * 40, "HS256")).status == 401
        assert edge.get("/v1/me", token=jwt.encode(edge.clerk.claims("u1"), secret, "HS512")).status == 401
        assert edge.get("/v1/me", token=edge.clerk.session("u1")).status == 401
        assert secret not in (edge.folder / "envoy.json").read_text()


def test_spans_reach_the_collector_and_the_trace_the_service():
    collectors = Services(Upstream("collector"))
    collector = collectors.by_name["collector"]
    trace = "0af7651916cd43dd8448eb211c80319c"
    with an_edge(collector=f"http://127.0.0.1:{collector.port}") as edge:
        for _ in range(8):  # Envoy sends spans when it has five, or after five seconds
            answer = edge.get("/v1/open?code=very-secret", [("traceparent", f"00-{trace}-b7ad6b7169203331-01")])
            assert answer.sent["traceparent"][0].split("-")[1] == trace
        eventually(lambda: collector.seen)
        assert edge.logged(answer)["trace_id"] == trace
        sent = collector.seen[0]
    collectors.close()
    assert (sent["method"], sent["path"]) == ("POST", "/v1/traces")
    assert dict(sent["headers"])["content-type"] == "application/x-protobuf"
    assert "x-service-token" not in dict(sent["headers"])
    assert b"api-gateway" in sent["body"]
    assert b"http://api.example.com/v1/open" in sent["body"]
    assert b"very-secret" not in sent["body"]
