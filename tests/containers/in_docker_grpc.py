"""gRPC in containers: what holds on this machine holds through the gateway's container and each program's proxy."""

import grpc
import pytest

from containers.docking import ROOT, Composed, free_port, in_a_copy
from run.test_grpc import (
    SERVICES,
    Shop,
    test_a_call_ends_at_the_deadline_of_its_route,
    test_a_declared_call_arrives_with_its_caller_and_an_undeclared_one_is_refused,
    test_a_message_beyond_the_limit_is_refused_and_says_so,
    test_a_stream_is_not_cut_and_comes_piece_by_piece,
    test_a_user_is_known_and_forged_metadata_is_not_believed,
    test_both_sides_may_stream_at_once,
    test_what_is_for_services_is_refused_from_outside_and_without_a_token,
)
from stead.run.run_info import development_token

__all__ = [
    "test_a_call_ends_at_the_deadline_of_its_route",
    "test_a_declared_call_arrives_with_its_caller_and_an_undeclared_one_is_refused",
    "test_a_message_beyond_the_limit_is_refused_and_says_so",
    "test_a_stream_is_not_cut_and_comes_piece_by_piece",
    "test_a_user_is_known_and_forged_metadata_is_not_believed",
    "test_both_sides_may_stream_at_once",
    "test_what_is_for_services_is_refused_from_outside_and_without_a_token",
]
BACKEND = f"""from stead import *
{SERVICES}
backend = Backend(
    "shop", services=[stock, orders], gateway=Gateway("edge", users=Clerk(), fronts=[stock, orders]),
    folder="backends/shop")
"""
FILES = {
    "backend.py": BACKEND,
    "stock_grpc.py": (ROOT / "tests/run/stock_grpc.py").read_text(),
    "requirements.txt": f"grpcio=={grpc.__version__}\n",
}


@pytest.fixture(scope="module")
def shop(images):
    environ = {**images, "GATEWAY_PORT": str(free_port())}
    with in_a_copy("shop", environ, FILES) as folder, Composed(folder, "dev", environ) as composed:
        gateway, stock = composed.url("edge", 8080), composed.url("stock-proxy")
        with grpc.insecure_channel(gateway.removeprefix("http://")) as channel:
            yield Shop(channel, stock.removeprefix("http://"), lambda user: development_token(folder, user))
