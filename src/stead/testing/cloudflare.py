"""A stand-in for Cloudflare's API of Workers: real HTTP on the loopback, from the published contract.

It takes what wrangler uploads, keeps versions and deployments, and answers at an address of each Worker as the version
that is deployed would: its health, from its own vars. What a test wants to go wrong is said before.

https://developers.cloudflare.com/api/resources/workers/
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import uuid4

from stead.testing.loopback import answering

ACCOUNT = "0123456789abcdef0123456789abcdef"
PREFIX = "/client/v4"
SCRIPT = re.compile(rf"/accounts/{ACCOUNT}/workers/(?:scripts|services|workers)/(?P<name>[\w-]+)(?P<rest>/.*)?")
SERVED = "/served/"
DATED = {
    "created_on": "2026-11-01T00:00:00Z",
    "author_email": "ci@example.com",
    "source": "wrangler",
    "annotations": {},
}
RESOURCES = {"bindings": [], "script": {"etag": "", "handlers": ["fetch"]}, "script_runtime": {}}
UNKNOWN = (404, 10007, "This Worker does not exist on your account.")


@dataclass
class StandInVersion:
    """What was uploaded: its bindings, as the API has them; secrets with their values, which it never shows."""

    bindings: list[dict[str, Any]]
    tag: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))

    def text(self, name: str) -> str:
        return next((str(each.get("text", "")) for each in self.bindings if each["name"] == name), "")


@dataclass
class StandInScript:
    """A Worker: its versions and its deployments, the newest last."""

    versions: list[StandInVersion] = field(default_factory=list)
    deployed: list[str] = field(default_factory=list)

    @property
    def serving(self) -> StandInVersion:
        return next(each for each in self.versions if each.id == self.deployed[-1])


class StandInCloudflare:
    """One account.

    calls   what was asked and changed something, in order: `deploy shop-edge-staging`
    fails   names of Workers whose upload is refused
    shares  by version, the percentage of requests that it serves, where that is not all
    late    by Worker, how many answers at its address still come from the version before
    """

    def __init__(self) -> None:
        self.token = uuid4().hex
        self.scripts: dict[str, StandInScript] = {}
        self.calls: list[str] = []
        self.fails: set[str] = set()
        self.late: dict[str, int] = {}
        self.shares: dict[str, int] = {}
        self.unknown: list[str] = []
        self.url = ""
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator["StandInCloudflare"]:
        """Serve on the loopback for as long as the block lasts."""
        with answering(_handler(self)) as url:
            self.url = url
            yield self

    @property
    def environ(self) -> dict[str, str]:
        """Return what a client is reported the account."""
        return {
            "CLOUDFLARE_API_TOKEN": self.token,
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
            "CLOUDFLARE_API_BASE_URL": self.url + PREFIX,
        }

    def address(self, worker: str) -> str:
        return f"{self.url}{SERVED}{worker}"

    def upload(self, worker: str, metadata: dict[str, Any], *, deployed: bool = True) -> StandInVersion:
        """Take a version, and let it serve."""
        annotations = metadata.get("annotations") or {}
        version = StandInVersion(metadata.get("bindings", []), annotations.get("workers/tag", ""))
        script = self.scripts.setdefault(worker, StandInScript())
        script.versions.append(version)
        if deployed:
            script.deployed.append(version.id)
            self.calls.append(f"deploy {worker}")
        return version

    def answer(self, method: str, path: str, token: str, body: bytes, kind: str) -> tuple[int, Any]:
        with self._lock:
            if token != f"Bearer {self.token}":
                return _error(403, 10000, "Authentication error")
            found = SCRIPT.fullmatch(path)
            if found:
                return self._of_script(method, found["name"], found["rest"] or "", body, kind)
            return self._of_account(method, path)

    def _of_account(self, method: str, path: str) -> tuple[int, Any]:
        if path.endswith("/workers/subdomain"):
            return _ok({"subdomain": "stand-in"})
        if path.endswith(("/memberships", "/accounts")):
            return _ok([{"id": ACCOUNT, "account": {"id": ACCOUNT, "name": "stand-in"}, "name": "stand-in"}])
        self.unknown.append(f"{method} {path}")
        return _error(404, 7003, "Could not route to this path")

    def _of_script(self, method: str, worker: str, rest: str, body: bytes, kind: str) -> tuple[int, Any]:
        if method in ("PUT", "POST") and rest in ("", "/versions"):
            return self._uploaded(worker, body, kind, deployed=rest == "")
        if rest == "/subdomain":
            return _ok({"enabled": True, "previews_enabled": False})
        script = self.scripts.get(worker)
        if script is None:
            return _error(*UNKNOWN)
        if rest == "/deployments":
            return self._deployments(method, worker, script, body)
        if rest == "/settings":
            return _ok({"bindings": [_shown(each) for each in script.serving.bindings]})
        if rest.startswith("/versions"):
            return self._versions(script, rest)
        if method == "GET" and (rest == "" or rest.startswith("/environments/")):
            return _ok(_service(worker))
        return _ok([]) if method == "GET" else _ok({})

    def _uploaded(self, worker: str, body: bytes, kind: str, *, deployed: bool) -> tuple[int, Any]:
        """Take a new Worker, which serves at once, or another version of one, which a deployment lets serve."""
        if worker in self.fails:
            return _error(400, 10021, "Script startup exceeded CPU time limit.")
        version = self.upload(worker, _metadata(body, kind), deployed=deployed)
        answer = {"id": worker if deployed else version.id, "deployment_id": version.id, "resources": RESOURCES}
        return _ok({**answer, **DATED, "tag": worker, "etag": version.id, "startup_time_ms": 1, "number": 1})

    def _deployments(self, method: str, worker: str, script: StandInScript, body: bytes) -> tuple[int, Any]:
        if method == "POST":
            version = json.loads(body)["versions"][0]["version_id"]
            self.calls.append(f"roll back {worker}" if version in script.deployed else f"deploy {worker}")
            script.deployed.append(version)
        found = [
            {"id": each, **DATED, "versions": [{"version_id": each, "percentage": self.shares.get(each, 100)}]}
            for each in reversed(script.deployed)
        ]
        return _ok({"deployments": found})

    def _versions(self, script: StandInScript, rest: str) -> tuple[int, Any]:
        items = [
            {"id": each.id, "number": number, **DATED, "metadata": {**DATED, "modified_on": DATED["created_on"]}}
            for number, each in enumerate(script.versions, start=1)
        ]
        one = [each for each in items if rest == f"/versions/{each['id']}"]
        return _ok({**one[0], "resources": RESOURCES} if one else {"items": items[::-1]})

    def serve(self, path: str) -> tuple[int, Any]:
        """Answer at a Worker's address: its health, or nothing."""
        worker, _, rest = path.removeprefix(SERVED).partition("/")
        script = self.scripts.get(worker)
        if script is None or rest not in ("health", "version"):
            return 404, {"code": "not_found"}
        version = script.serving
        if self.late.get(worker, 0) > 0 and len(script.versions) > 1:
            self.late[worker] -= 1
            version = script.versions[-2]
        name = version.text("SERVICE_NAME")
        return 200, {
            "service": name,
            "env": version.text("ENVIRONMENT"),
            "status": "ok",
            "version": version.text("VERSION"),
        }


def _service(worker: str) -> dict[str, Any]:
    script = {"id": worker, "tag": worker, "last_deployed_from": "wrangler"}
    environment = {"environment": "production", "script": script}
    subdomain = {"enabled": True, "previews_enabled": False}
    more = {"default_environment": environment, "environments": [environment], "script": script}
    return {"id": worker, "name": worker, "subdomain": subdomain, "tags": [], "references": {}, **more}


def _shown(binding: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in binding.items() if binding["type"] != "secret_text" or key != "text"}


def _metadata(body: bytes, kind: str) -> dict[str, Any]:
    """Return the part `metadata` of an upload, which is a form of several parts (RFC 7578)."""
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in form.walk():
        if part.get_param("name", header="content-disposition") == "metadata":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found: dict[str, Any] = json.loads(content)
            return found
    raise AssertionError("an upload without metadata")


def _ok(result: Any) -> tuple[int, Any]:
    return 200, {"success": True, "result": result, "errors": [], "messages": []}


def _error(status: int, code: int, message: str) -> tuple[int, Any]:
    return status, {"success": False, "result": None, "errors": [{"code": code, "message": message}], "messages": []}


def _handler(cloudflare: StandInCloudflare) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0]
            if path.startswith(SERVED):
                status, answer = cloudflare.serve(path)
            else:
                token, kind = self.headers.get("Authorization", ""), self.headers.get("Content-Type", "")
                status, answer = cloudflare.answer(self.command, path.removeprefix(PREFIX), token, body, kind)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _reply  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: Any) -> None:
            """Keep a test's output to itself."""

    return Handler
