"""gRPC from a client through the gateway, and between programs: a real server and a real client of gRPC."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

SERVICES = """
stock = Service("stock", command="python stock_grpc.py", health=Health(grpc=True), routes=[
    Route.service("POST", "/shop.v1.Stock/Reserve", "reserve", grpc=True),
    Route.service("POST", "/shop.v1.Stock/Hidden", "hide", grpc=True),
    Route.user("POST", "/shop.v1.Stock/Mine", grpc=True),
    Route.public("POST", "/shop.v1.Stock/Slow", grpc=True, timeout=1),
    Route.public("POST", "/shop.v1.Stock/Watch", grpc=True, streams=True),
    Route.public("POST", "/shop.v1.Stock/Echo", grpc=True, streams=True)])
orders = Service("orders", command="python stock_grpc.py", health=Health(grpc=True), calls=[stock.may("reserve")],
    routes=[Route.public("POST", "/shop.v1.Orders/Place", grpc=True, timeout=5)])
"""


@dataclass(frozen=True)
class Shop:
    """A shop that runs: a channel to its gateway, the address of its stock, and what makes a user's token."""

    channel: grpc.Channel
    stock: str
    token: Callable[[str], str]


@pytest.fixture(scope="module")
def shop(shared):
    shutil.copy(Path(__file__).parent / "stock_grpc.py", shared.folder)
    before = SERVICES.replace("\n", "\n            ").replace("python", sys.executable)
    shared.describe("stock, orders", 'gateway=Gateway("edge", users=Clerk(), fronts=[stock, orders])', before).start()
    state = shared.until(lambda state: state["well"] and state["settled"], 40)
    address = shared.process("edge", state)["url"].removeprefix("http://")
    with grpc.insecure_channel(address) as channel:
        direct = shared.process("stock", state)["url"].removeprefix("http://")
        yield Shop(channel, direct, lambda user: shared.stead("token", user, str(shared.folder)).stdout.strip())


def ask(channel, method, body=b"tea", **more):
    return json.loads(channel.unary_unary(f"/shop.v1.{method}")(body, timeout=8, **more))


def refusal(channel, method, **more):
    with pytest.raises(grpc.RpcError) as caught:
        ask(channel, method, **more)
    return caught.value.code().name, caught.value.details()


def test_a_declared_call_arrives_with_its_caller_and_an_undeclared_one_is_refused(shop):
    sent = ask(shop.channel, "Orders/Place", b"Reserve")
    assert (sent["body"], sent["x-service-caller"]) == ("tea", "orders")
    assert "x-service-token" not in sent
    refused = ask(shop.channel, "Orders/Place", b"Hidden")
    assert refused["code"] == "PERMISSION_DENIED"
    assert json.loads(refused["details"])["code"] == "operation_not_declared"


def test_a_user_is_known_and_forged_metadata_is_not_believed(shop):
    metadata = (("authorization", f"Bearer {shop.token('ann')}"), ("x-user-id", "mallory"))
    sent = ask(shop.channel, "Stock/Mine", metadata=metadata)
    assert (sent["x-user-id"], "authorization" in sent) == ("ann", False)
    code, details = refusal(shop.channel, "Stock/Mine", metadata=metadata[1:])
    assert (code, json.loads(details)["code"]) == ("UNAUTHENTICATED", "unauthenticated")


def test_what_is_for_services_is_refused_from_outside_and_without_a_token(shop):
    assert refusal(shop.channel, "Stock/Reserve")[0] == "UNIMPLEMENTED"
    with grpc.insecure_channel(shop.stock) as channel:
        assert refusal(channel, "Stock/Reserve")[0] == "UNAUTHENTICATED"
        health = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert health(b"", timeout=5) == b"\x08\x01"


def test_a_call_ends_at_the_deadline_of_its_route(shop):
    began = time.monotonic()
    code, details = refusal(shop.channel, "Stock/Slow")
    assert (code, json.loads(details)["code"]) == ("DEADLINE_EXCEEDED", "deadline")
    assert time.monotonic() - began < 3


def test_a_message_beyond_the_limit_is_refused_and_says_so(shop):
    code, details = refusal(shop.channel, "Orders/Place", body=b"x" * (1 << 21))
    assert (code, json.loads(details)["code"]) == ("RESOURCE_EXHAUSTED", "body_too_large")


def test_a_stream_is_not_cut_and_comes_piece_by_piece(shop):
    began = time.monotonic()
    pieces = shop.channel.unary_stream("/shop.v1.Stock/Watch")(b"", timeout=10)
    assert next(pieces) == b"0"
    assert time.monotonic() - began < 1.5
    assert list(pieces) == [b"1", b"2", b"3"]
    assert time.monotonic() - began > 3


def test_both_sides_may_stream_at_once(shop):
    answers = shop.channel.stream_stream("/shop.v1.Stock/Echo")(pauses(), timeout=10)
    assert [next(answers) for _ in range(3)] == [b"0", b"1", b"2"]


def pauses():
    for number in range(3):
        yield str(number).encode()
        time.sleep(0.2)
