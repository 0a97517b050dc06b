"""A real OpenBao on the loopback, unsealed, that lets accounts of an API server in."""

import json
import subprocess
import time
import urllib.request

from cluster.api_server import free_port
from cluster.programs import program

ROOT = "root-token-of-a-test"


class VaultServer:
    """Started on entering, ended on leaving; `ask` does everything, as its administrator."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "bao.log").open("wb") as log:
            words = ["server", "-dev", f"-dev-root-token-id={ROOT}", f"-dev-listen-address=127.0.0.1:{self.port}"]
            environ = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin"}
            self._process = subprocess.Popen([program("bao"), *words], stdout=log, stderr=log, env=environ)
        end = time.monotonic() + 30
        while True:
            try:
                self.ask("GET", "/v1/sys/health")
            except OSError:
                assert time.monotonic() < end, (self.folder / "bao.log").read_text()[-500:]
                time.sleep(0.1)
            else:
                return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(10)

    def ask(self, method, path, body=None, token=ROOT):
        """Ask as the administrator; an HTTPError where it is refused."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, {"X-Vault-Token": token}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def trust(self, api_server):
        """Enable the Kubernetes auth method for an API server, and a KV engine of version 2 at `kv`."""
        api_server.kubectl("create", "serviceaccount", "reviewer", "--namespace=kube-system")
        binding = ("create", "clusterrolebinding", "reviewer", "--clusterrole=system:auth-delegator")
        api_server.kubectl(*binding, "--serviceaccount=kube-system:reviewer")
        reviewer = api_server.kubectl("create", "token", "reviewer", "--namespace=kube-system").strip()
        for request in trusted(api_server.url, (api_server.folder / "ca.crt").read_text(), reviewer):
            self.ask(*request)

    def write(self, document, data):
        """Write a document, named as the API names it: `kv/data/…`."""
        self.ask("POST", f"/v1/{document}", {"data": data})

    def seal(self):
        self.ask("PUT", "/v1/sys/seal")


def trusted(url, certificate, reviewer):
    """Return the requests that let accounts of an API server in, and mount a KV engine of version 2 at `kv`."""
    told = {
        "kubernetes_host": url,
        "kubernetes_ca_cert": certificate,
        "token_reviewer_jwt": reviewer,
        "disable_local_ca_jwt": True,
    }
    return (
        ("POST", "/v1/sys/auth/kubernetes", {"type": "kubernetes"}),
        ("POST", "/v1/auth/kubernetes/config", told),
        ("POST", "/v1/sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}),
    )
