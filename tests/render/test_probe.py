"""How a container asks itself whether it is healthy: run here, against a program that is, and one that is not."""

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest

from stead.render.docker.probe import asking_grpc, probe_command


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({"/health": 200, "/down": 503}.get(self.path, 404))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


KINDS = ["python", "node", "java", "go", "program"]


def ended(words):
    program, *rest = words
    found = sys.executable if program == "python" else shutil.which(program)
    if found is None:
        pytest.skip(f"there is no {program} here")
    return subprocess.run([found, *rest], capture_output=True, timeout=20, check=False).returncode


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_with_0_only_for_a_200(kind, port):
    assert ended(probe_command(kind, "/health", port)) == 0
    assert ended(probe_command(kind, "/down", port)) != 0
    assert ended(probe_command(kind, "/health", 1)) != 0


@pytest.mark.parametrize("kind", ["python", "node", "program"])
def test_it_ends_with_0_only_for_a_program_that_serves_grpc(kind, port):
    with grpc_health(1) as serving, grpc_health(2) as not_serving:
        assert ended(asking_grpc(kind, serving)) == 0
        assert ended(asking_grpc(kind, not_serving)) != 0
    assert ended(asking_grpc(kind, port)) != 0


@contextmanager
def grpc_health(status):
    """A server whose health is that status of the protocol."""
    server = grpc.server(ThreadPoolExecutor(1))
    check = grpc.unary_unary_rpc_method_handler(lambda *_: bytes([8, status]))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("grpc.health.v1.Health", {"Check": check}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None).wait()
