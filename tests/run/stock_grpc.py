"""A program in gRPC: what it was sent comes back as JSON. Messages are plain bytes; no schema is needed for that."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import grpc

STOCK = os.environ.get("STOCK_SERVICE_URL", "").removeprefix("http://")


def seen(request, context):
    sent = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
    return json.dumps({"body": request.decode(), **sent}).encode()


def place(request, context):
    """Ask the callee; its answer, or how it refused."""
    method = request.decode()
    with grpc.insecure_channel(STOCK) as channel:
        try:
            return channel.unary_unary(f"/shop.v1.Stock/{method}")(b"tea", timeout=5)
        except grpc.RpcError as refused:
            return json.dumps({"code": refused.code().name, "details": refused.details()}).encode()


def watch(request, context):
    for number in range(4):
        yield str(number).encode()
        time.sleep(0.8)


def slow(request, context):
    time.sleep(6)
    return b""


def echo(requests, context):
    yield from requests


unary, stream, both = (
    grpc.unary_unary_rpc_method_handler,
    grpc.unary_stream_rpc_method_handler,
    grpc.stream_stream_rpc_method_handler,
)
SERVED = {
    "shop.v1.Stock": {
        "Reserve": unary(seen), "Mine": unary(seen), "Hidden": unary(seen), "Slow": unary(slow),
        "Watch": stream(watch), "Echo": both(echo),
    },
    "shop.v1.Orders": {"Place": unary(place)},
    "grpc.health.v1.Health": {"Check": unary(lambda *_: b"\x08\x01")},
}  # fmt: skip
server = grpc.server(ThreadPoolExecutor(8))
for service, methods in SERVED.items():
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
server.add_insecure_port(f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ['PORT']}")
server.start()
server.wait_for_termination()
