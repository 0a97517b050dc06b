"""Run kubectl: errors hold the cluster's message, and no output holds values of a Secret."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stead.ops.ship.error import CommandError, NotReadyError
from stead.ops.ship.interrupt import held_back

NOT_FOUND = "(NotFound)"
EXISTS = "(AlreadyExists)"
MANAGER = "--field-manager=stead"


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl for one namespace.

    context  the context of the kubeconfig; empty: the current one
    """

    namespace: str
    context: str = ""

    def run(self, title: str, *words: str, text: str | None = None, seconds: float = 120) -> str:
        """Run a command and return its output; CommandError with its last words when it fails."""
        done = self.look(*words, text=text, seconds=seconds)
        if done.returncode:
            raise CommandError(title, done.returncode, done.stderr or done.stdout)
        return done.stdout

    def look(self, *words: str, text: str | None = None, seconds: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run a command that may fail."""
        chosen = (f"--context={self.context}",) if self.context else ()
        command = [program(), *chosen, f"--namespace={self.namespace}", *words]
        process, pipe = None, subprocess.PIPE
        given = None if text is None else pipe
        try:
            with held_back():
                process = subprocess.Popen(command, stdin=given, stdout=pipe, stderr=pipe, text=True)
            out, wrong = process.communicate(text, timeout=seconds)
        except subprocess.TimeoutExpired:
            assert process
            out, wrong = _killed(process)
            message = f"kubectl {words[0]} gave no answer in {seconds:g} s"
            return subprocess.CompletedProcess(command, 124, out, f"{wrong}\n{message}")
        except BaseException:
            if process:
                _killed(process)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, wrong)

    def apply(self, title: str, objects: Sequence[Any], *words: str, force: bool = True) -> str:
        """Apply objects on the server's side; a field of another owner is replaced with `force`, otherwise an error."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        how = ("apply", "--server-side", *(("--force-conflicts",) if force else ()), MANAGER)
        return self.run(title, *how, "--validate=strict", "--filename=-", *words, text=text)

    def cluster(self) -> str:
        """Return the address of the API server; empty without a kubeconfig."""
        return self.look("config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}").stdout.strip()

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object; None when it does not exist."""
        done = self.look("get", kind, name, "--output=json")
        if done.returncode:
            if NOT_FOUND in done.stderr:
                return None
            raise CommandError(f"kubectl get {kind} {name}", done.returncode, done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def program() -> str:
    """Return kubectl's path; NotReadyError when it is not installed."""
    found = shutil.which("kubectl")
    if found is None:
        raise NotReadyError("kubectl is not installed: see kubernetes.io/docs/tasks/tools")
    return found


def _killed(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """Kill a kubectl and return what it had said until then."""
    process.kill()
    return process.communicate()
