"""`stead secret … --env`: the sealed file of an environment, in the format of SOPS."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stead.cli.render import environment_of
from stead.model import load
from stead.model.load import find
from stead.ops.sops import page
from stead.ops.sops.environment_secrets import EnvironmentSecrets, identities_of
from stead.ops.sops.error import SopsError

if TYPE_CHECKING:
    from stead.run.control_client import Remote

WAIT = 120.0  # seconds that a rotation of everything may take


@dataclass(frozen=True)
class Request:
    """The arguments and options of one command."""

    words: Sequence[str]
    environment: str
    identity: Path | None
    recipients: Sequence[str] = ()
    removed: Sequence[str] = ()
    end: bool = False
    certificate: Path | None = None

    @property
    def path(self) -> Path:
        paths = [word for word in self.words if _is_path(word)]
        if len(paths) > 1:
            raise SopsError(f"{' and '.join(paths)} are two paths: give the folder of one backend")
        return Path(*paths)

    @property
    def name(self) -> str:
        names = [word for word in self.words if not _is_path(word)]
        if len(names) > 1:
            raise SopsError(f"{' and '.join(names)} are two secrets: give one")
        return "".join(names)


def _is_path(word: str) -> bool:
    """Return whether a word is a backend's folder: a secret's name may hold a dot, but no slash."""
    return "/" in word or word in (".", "..")


def run(do: str, request: Request, value: str | None) -> int:
    """Run the command; `value` is the value that `set` seals."""
    backend = load(request.path)
    folder = find(request.path).parent
    secrets = EnvironmentSecrets(backend, environment_of(backend, request.environment), folder)
    if do == "list":
        return _listed(secrets)
    if do == "rotate" and (run_of := _run_of(request, secrets)):
        return _rotated(run_of, request)
    if request.end:
        raise SopsError(f"--end is for a run: stead up --env {request.environment}; a sealed file goes phase by phase")
    if do == "init":
        secrets.init(request.recipients)
        return _written(secrets)
    identities = identities_of(request.identity)
    if do in SHOWN:
        return SHOWN[do](secrets, request, identities)
    _change(do, secrets, request, identities, value or "")
    page.write(backend, folder)
    return 0


def _run_of(request: Request, secrets: EnvironmentSecrets) -> "Remote | None":
    """Return the run of that environment on this machine; None without one, or when a sealed file takes precedence."""
    from stead.run.control_client import Remote
    from stead.run.error import NotRunningError

    if secrets.file.exists():
        return None
    try:
        remote = Remote(request.path)
    except NotRunningError:
        return None
    return remote if remote.run.environment == secrets.environment.name else None


def _rotated(remote: "Remote", request: Request) -> int:
    """Rotate in a run, one secret or all."""
    done = remote.ask("end" if request.end else "rotate", [request.name] if request.name else [], timeout=WAIT)["done"]
    sys.stdout.writelines(f"{line}\n" for line in done)
    return 0


def _change(do: str, secrets: EnvironmentSecrets, request: Request, identities: str, value: str) -> None:
    match do:
        case "set":
            secrets.set(_named(request), value, identities)
        case "rotate":
            sys.stdout.write(f"{secrets.rotate(request.name, identities)}\n")
        case "recipients":
            recipients = secrets.recipients(request.recipients, request.removed, identities)
            sys.stdout.write("".join(f"{each}\n" for each in recipients))
            if request.removed:
                sys.stderr.write("a removed recipient may have read every value: replace each value at its source\n")
        case _:
            raise SopsError(f"{do} is for a file of the secrets service: leave out --env")


def _named(request: Request) -> str:
    if not request.name:
        raise SopsError("name a secret: stead secret get NAME --env ENVIRONMENT; stead secret list shows them")
    return request.name


def _written(secrets: EnvironmentSecrets) -> int:
    """Print what was written, and the values that are still missing."""
    page.write(secrets.backend, secrets.folder)
    sys.stdout.write(f"written  {secrets.file}\n")
    for name in secrets.missing():
        sys.stderr.write(f"missing  {name}: stead secret set {name} --env {secrets.environment.name}\n")
    return 0


def _listed(secrets: EnvironmentSecrets) -> int:
    """List the names with the date of the last change; the exit status is 1 while one is missing."""
    changed, missing = secrets.changed(), set(secrets.missing())
    for name, each in secrets.names.items():
        state = "missing" if name in missing else (changed.get(name) or "unknown") if name in changed else "not set"
        sys.stdout.write(f"{name:<44} {state:<12} {', '.join(each.readers)}\n")
    return 1 if missing else 0


def _get(secrets: EnvironmentSecrets, request: Request, identities: str) -> int:
    sys.stdout.write(secrets.get(_named(request), identities) + ("\n" if sys.stdout.isatty() else ""))
    return 0


def _manifests(secrets: EnvironmentSecrets, request: Request, identities: str) -> int:
    """Print the Secrets of Kubernetes, or SealedSecrets; nothing is written to a disk."""
    from stead.ops.sops.kubernetes_secrets import manifests_text
    from stead.ops.sops.sealed_secret import certificate_of
    from stead.render.kubernetes.context import contexts

    key = certificate_of(request.certificate) if request.certificate else None
    for context in contexts(secrets.backend):
        if context.environment is secrets.environment:
            sys.stdout.write(manifests_text(context, secrets.values(identities), key))
            return 0
    raise SopsError(f"{secrets.environment.name} runs in no cluster: declare Environment(…, kubernetes=Kubernetes(…))")


SHOWN = {"get": _get, "manifests": _manifests}
