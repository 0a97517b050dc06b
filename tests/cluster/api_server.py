"""A real API server on the loopback, with its etcd: nothing runs in it, and everything is admitted or refused."""

import base64
import json
import socket
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path

from cluster.certificates import Authority
from cluster.programs import program

ADMISSION = """\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: {enforce: restricted, enforce-version: latest}
"""
SECONDS = 90


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class ApiServer:
    """Started on entering, ended on leaving; `kubectl(…)` asks it as its administrator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = folder / "admin.kubeconfig"
        self._running = []

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        authority = Authority(self.folder)
        authority.signing_key("accounts")
        authority.certify("server", "kube-apiserver", hosts=("127.0.0.1", "localhost", "10.96.0.1"))
        certificate, key = authority.certify("admin", "admin", "system:masters")
        self.kubeconfig.write_text(json.dumps(self._configuration(certificate, key)))
        (self.folder / "admission.yaml").write_text(ADMISSION)
        try:
            self._start()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self._running):
            process.terminate()
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def kubectl(self, *words, text=None, well=True):
        """Run kubectl; return what it printed, both ways."""
        done = subprocess.run(
            [program("kubectl"), "--kubeconfig", str(self.kubeconfig), *map(str, words)],
            input=text, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert not well or done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def _start(self):
        store, peer = free_port(), free_port()
        self._run(
            "etcd", f"--data-dir={self.folder / 'etcd'}", f"--listen-client-urls=http://127.0.0.1:{store}",
            f"--advertise-client-urls=http://127.0.0.1:{store}", f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}", "--unsafe-no-fsync",
        )  # fmt: skip
        self._run(
            "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{store}", f"--secure-port={self.port}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
            f"--tls-cert-file={self.folder / 'server.crt'}", f"--tls-private-key-file={self.folder / 'server.key'}",
            f"--client-ca-file={self.folder / 'ca.crt'}",
            f"--service-account-key-file={self.folder / 'accounts.pub'}",
            f"--service-account-signing-key-file={self.folder / 'accounts.key'}",
            "--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=RBAC", f"--admission-control-config-file={self.folder / 'admission.yaml'}",
        )  # fmt: skip

    def _run(self, name, *words):
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running.append(subprocess.Popen([program(name), *words], stdout=log, stderr=log))

    def _wait(self):
        trust = ssl.create_default_context(cafile=str(self.folder / "ca.crt"))
        trust.load_cert_chain(self.folder / "admin.crt", self.folder / "admin.key")
        end = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2, context=trust):
                    return
            except OSError as error:
                if time.monotonic() > end or self._running[-1].poll() is not None:
                    log = (self.folder / "kube-apiserver.log").read_text()[-500:]
                    raise AssertionError(f"the API server is not ready: {error}\n{log}") from error
                time.sleep(0.2)

    def _configuration(self, certificate, key):
        encoded = {"client-certificate-data": base64.b64encode(certificate).decode()}
        encoded |= {"client-key-data": base64.b64encode(key).decode()}
        authority = base64.b64encode((self.folder / "ca.crt").read_bytes()).decode()
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url, "certificate-authority-data": authority}}],
            "users": [{"name": "admin", "user": encoded}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        }
