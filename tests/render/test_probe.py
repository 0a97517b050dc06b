"""How a container asks itself whether it is healthy: run here, against a program that is, and one that is not."""

import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stead.render.docker.probe import probe_command


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


@pytest.mark.parametrize("kind", ["python", "node", "java", "go", "program"])
def test_it_ends_with_0_only_for_a_200(kind, port):
    program, *words = probe_command(kind, "/health", port)
    found = sys.executable if program == "python" else shutil.which(program)
    if found is None:
        pytest.skip(f"there is no {program} here")

    def status(path, port=port):
        words = probe_command(kind, path, port)[1:]
        return subprocess.run([found, *words], capture_output=True, timeout=20, check=False).returncode

    assert words
    assert status("/health") == 0
    assert status("/down") != 0
    assert status("/health", 1) != 0
