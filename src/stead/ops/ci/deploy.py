"""Ship from a pipeline's job: by SSH to a Compose host, or by `stead ship` to a cluster or to Cloudflare.

On the host it runs the same `stead ship compose` that a person would run there, at the delivered commit. The rejected
option, a Docker daemon reached over SSH, reads configuration and secrets from the wrong machine.
"""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stead.model import SteadError
from stead.model.interpreter import module_command
from stead.ops.ci import gitops
from stead.ops.ci.delivery import Delivery
from stead.render.pipeline.requirement import of_deploy

HOSTS = "known_hosts"
KEY = "key"
KUBECONFIG = "kubeconfig"


def commands(delivery: Delivery, files: Path) -> Iterator[tuple[str, ...]]:
    """Yield the commands in order; `files` is the folder with the keys during the run."""
    if is_commit(delivery):
        yield from gitops.described(delivery)
        return
    if delivery.deploy.to != "compose":
        yield tuple(module_command("stead", *delivery.words))
        return
    checkout = (
        'git -C "$DEPLOY_FOLDER" fetch --quiet origin '
        f'{delivery.revision} && git -C "$DEPLOY_FOLDER" checkout --quiet --detach {delivery.revision}'
    )
    ship = shlex.join(("uv", "run", "--locked", "--no-dev", "stead", *delivery.words))
    enter = f'cd "$DEPLOY_FOLDER"/{shlex.quote(delivery.context.project)}'
    for script in (checkout, f"{enter} && {ship}"):
        yield (
            "ssh", "-i", str(files / KEY), "-o", f"UserKnownHostsFile={files / HOSTS}", "-o",
            "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "--", "$DEPLOY_HOST",
            script,
        )  # fmt: skip


def shown(delivery: Delivery) -> Iterator[str]:
    """Yield the commands for display; values come from the description only, never from the environment."""
    for words in commands(delivery, Path("$KEYS")):
        yield " ".join(word if word.startswith(("$", "UserKnownHostsFile=$")) else shlex.quote(word) for word in words)


def is_commit(delivery: Delivery) -> bool:
    """Return whether the delivery is a commit that a controller in the cluster syncs."""
    return delivery.deploy.to == "gitops"


def ship(delivery: Delivery, environ: Mapping[str, str], cwd: Path) -> int:
    """Ship; return the status of the first failed command, or 0. SteadError names all variables that are not set."""
    needed = [each.name for each in of_deploy(delivery.deploy)]
    absent = [name for name in needed if not environ.get(name)]
    if absent:
        name = delivery.deploy.environment.name
        raise SteadError(f"not set for {name}: {', '.join(absent)}; stead ci secrets prints the commands that set them")
    if is_commit(delivery):
        return gitops.commit(delivery, environ, cwd)
    with _key_files(environ) as files:
        given = {**environ, "KUBECONFIG": str(files / KUBECONFIG)} if "KUBECONFIG_DATA" in needed else dict(environ)
        hidden = {
            name: value for name, value in given.items() if name not in (f"DEPLOY_SSH_{KEY.upper()}", "KUBECONFIG_DATA")
        }
        for words in commands(delivery, files):
            resolved = [_resolved(word, environ) for word in words]
            status = subprocess.run(resolved, cwd=cwd, env=hidden, check=False).returncode
            if status:
                return status
    return 0


def _resolved(word: str, environ: Mapping[str, str]) -> str:
    """Insert the folder of the deploy, quoted for the host's shell."""
    if word == "$DEPLOY_HOST":
        return environ["DEPLOY_HOST"]
    return word.replace('"$DEPLOY_FOLDER"', shlex.quote(environ.get("DEPLOY_FOLDER", "")))


@contextmanager
def _key_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Write the keys that programs read from files, during the block."""
    names = {KEY: "DEPLOY_SSH_KEY", HOSTS: "DEPLOY_KNOWN_HOSTS", KUBECONFIG: "KUBECONFIG_DATA"}
    with tempfile.TemporaryDirectory(prefix="stead-ci-") as folder:
        for file, name in names.items():
            if environ.get(name):
                handle = os.open(Path(folder) / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as out:
                    out.write(environ[name].rstrip("\n") + "\n")
        yield Path(folder)
