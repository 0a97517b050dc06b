"""Hold a tree of files against rules, in this process, as `stead check` would."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stead.check.context import Context
from stead.check.engine import check
from stead.check.sandbox import described
from stead.check.tree import Tree

AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def held(root, rules, **given):
    """Return the findings of rules in a folder that has a backend.py; a rule that fails itself fails the test."""
    with modules_left_alone(root):
        file, backend, problems = described(root)
        result = check(Context(file, Tree(root), backend, problems=problems, **given), rules)
    assert result.broken == (), result.broken
    return result.findings


@contextmanager
def modules_left_alone(root):
    """Forget what the description imported: another tree may have modules of the same names."""
    path, modules = list(sys.path), set(sys.modules)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if str(root) in _origin(sys.modules[name]):
                del sys.modules[name]
        for folder in [known for known in sys.path_importer_cache if known.startswith(str(root))]:
            del sys.path_importer_cache[folder]


def _origin(module):
    """A package without `__init__.py` has a path only."""
    return f"{getattr(module, '__file__', '')} {list(getattr(module, '__path__', ()))}"


def told(findings, root):
    """Return findings as `(path, line, code)`, sorted."""
    return sorted((Path(each.place.file).relative_to(root).as_posix(), each.place.line, each.code) for each in findings)


def git(root, *words):
    done = subprocess.run(["git", *AUTHOR, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def answering(answers):
    """Serve `{service: {path: [status, body]}}` over HTTP; yield each service's URL."""
    servers = {name: _server(paths) for name, paths in answers.items()}
    try:
        yield {name: f"http://127.0.0.1:{server.server_port}" for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()


def _server(paths):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = paths.get(self.path, [404, {}])
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server
