"""Run wrangler, which makes the deploys, and parse its output.

It gets secrets in a JSON file that only this user can read and that is removed afterwards: dotenv would expand
variables in them, and every user can read arguments.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stead.ops.ship.error import CommandError, NotReadyError, ShipError
from stead.ops.ship.interrupt import held_back
from stead.run.search_path import search_path

NAME = "wrangler"
SECONDS = 600.0  # a container's image is built and pushed within a deploy
OUTPUT = "WRANGLER_OUTPUT_FILE_PATH"  # one JSON object a line
QUIET = {"WRANGLER_SEND_METRICS": "false", "CI": "true", "NO_COLOR": "1", "WRANGLER_LOG_SANITIZE": "true"}
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "DOCKER_HOST")


@dataclass(frozen=True, slots=True)
class Deployed:
    """The result of a deploy: the version's id, and the Worker's addresses."""

    version_id: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrangler:
    """wrangler in a project.

    folder       the folder of the rendered Workers: each has one below it
    environment  wrangler's `--env`
    given        what it is reported the account: `CLOUDFLARE_API_TOKEN` and others
    """

    folder: Path
    environment: str
    given: Mapping[str, str] = field(repr=False)

    def program(self) -> str:
        """Return wrangler's path; NotReadyError with the command that installs it."""
        path = search_path(self.folder, os.environ.get("PATH", os.defpath))
        if found := shutil.which(NAME, path=path):
            return found
        raise NotReadyError(
            "wrangler is not installed: npm install --save-dev wrangler  (it needs Node 22.12 or later)"
        )

    def deploy_arguments(self, variables: Mapping[str, str], version: str, *, keep_vars: bool) -> list[str]:
        """Return the arguments of a deploy, without those of its secrets."""
        words = ["deploy", "--env", self.environment, "--tag", version, "--message", f"stead ship {version}"]
        words += [word for name, text in variables.items() for word in ("--var", f"{name}:{text}")]
        return [*words, *(["--keep-vars"] if keep_vars else [])]

    def deploy(self, service: str, words: Sequence[str], secrets: Mapping[str, str]) -> Deployed:
        """Deploy one Worker; CommandError with wrangler's last words when it fails."""
        with tempfile.TemporaryDirectory(prefix="stead-ship-") as private:
            file, output = Path(private) / "secrets.json", Path(private) / "output.jsonl"
            file.touch(mode=0o600)
            file.write_text(json.dumps(dict(secrets)))
            self._run(service, [*words, "--secrets-file", str(file)], {OUTPUT: str(output)}, secrets.values())
            return _deployed(service, output)

    def try_deploy(self, service: str, words: Sequence[str]) -> None:
        """Build a Worker and check its configuration with wrangler, without a deploy."""
        with tempfile.TemporaryDirectory(prefix="stead-ship-") as private:
            self._run(service, [*words, "--dry-run", "--outdir", private], {}, ())

    def roll_back(self, service: str, worker: str, version_id: str, why: str) -> None:
        """Roll back to a version that was deployed before."""
        words = ["rollback", version_id, "--name", worker, "--message", why[:100], "-y"]
        self._run(service, words, {}, ())

    def _run(self, service: str, words: Sequence[str], more: Mapping[str, str], secret: Any) -> None:
        program = self.program()
        environ = {name: text for name, text in os.environ.items() if name in PASSED_ON}
        environ |= {**QUIET, **self.given, **more}
        environ["PATH"] = search_path(self.folder, environ.get("PATH", os.defpath))
        title = f"wrangler {words[0]} of {service}"
        try:
            status, output = _ran([program, *words], self.folder / service, environ)
        except subprocess.TimeoutExpired:
            raise ShipError(f"{title} has not ended within {SECONDS:g} s") from None
        except OSError as error:
            raise ShipError(f"{title} cannot be run: {error.strerror}: {error.filename}") from None
        if status:
            hidden = [*secret, *(text for name, text in self.given.items() if name.endswith("TOKEN"))]
            raise CommandError(title, status, _without(output, hidden))


def _ran(words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    """Run wrangler in a session of its own; return its exit status and its output.

    Ctrl-C reaches only the ship, which decides whether to stop wrangler: a rollback completes. The children of a
    stopped wrangler are stopped, too, since one of them makes the requests and would deploy after the rollback.
    """
    process = None
    try:
        with held_back():
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        output, _ = process.communicate(timeout=SECONDS)
    except BaseException:
        if process:
            with process, suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, output


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text


def _deployed(service: str, output: Path) -> Deployed:
    deployments = [each for each in _records(output) if each.get("type") == "deploy"]
    if not deployments or not deployments[-1].get("version_id"):
        raise ShipError(f"wrangler deployed {service} without reporting the version: install wrangler 4.0 or later")
    return Deployed(
        str(deployments[-1]["version_id"]), tuple(_address(each) for each in deployments[-1].get("targets") or ())
    )


def _records(output: Path) -> Iterator[Mapping[str, Any]]:
    """Yield wrangler's records; an incomplete line has no version, and its deploy counts as failed."""
    for line in output.read_text(errors="replace").splitlines() if output.exists() else ():
        with suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, Mapping):
                yield record


def _address(target: str) -> str:
    """Return the URL of a target; wrangler adds notes to some: `api.example.com (custom domain)`."""
    host = target.split(" ", 1)[0].rstrip("/*")
    return host if host.startswith("http") else f"https://{host}"
