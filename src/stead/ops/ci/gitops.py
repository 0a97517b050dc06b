"""Ship by a commit: the digests are written to `deploy/releases/<environment>.json`, rendered, and pushed.

Argo CD or Flux brings the commit into the cluster; the pipeline has no access to it. The commit is made on the newest
state of the default branch, since somebody may have pushed since the images were built; it starts no pipeline itself.
"""

import base64
import posixpath
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from stead.model import SteadError
from stead.model.git import run_as_user
from stead.model.interpreter import module_command
from stead.ops.ci.delivery import Delivery
from stead.render.kubernetes import release

TRIES = 5  # pushes, each after somebody else's
AUTHOR = ("-c", "user.name=stead", "-c", "user.email=stead@users.noreply.localhost")


def release_path(delivery: Delivery) -> str:
    """Return the file of the digests, from the repository's top."""
    return posixpath.join(delivery.context.in_repository, "deploy", release.path(delivery.deploy.environment))


def release_text(delivery: Delivery) -> str:
    """Return what the file says: a version, and each image's digest by its name."""
    images = {name: f"sha256:{image.rpartition('sha256:')[2]}" for name, image in delivery.images.items()}
    return release.text(release.Release(delivery.version, images))


def message(delivery: Delivery) -> str:
    return f"Ship {delivery.context.name} {delivery.version} to {delivery.deploy.environment.name} [skip ci]"


def described(delivery: Delivery) -> Iterator[tuple[str, ...]]:
    """Yield the commands as a person reads them."""
    branch = delivery.context.pipeline.branch
    yield ("git", "fetch", "--quiet", "origin", branch)
    yield ("git", "switch", "--quiet", "--detach", "FETCH_HEAD")
    yield ("sh", "-c", f"printf %s {shlex.quote(release_text(delivery))} > {release_path(delivery)}")
    yield tuple(module_command("stead", "render", delivery.context.path))
    yield ("git", "add", "--", posixpath.join(delivery.context.in_repository, "deploy"))
    yield ("git", "commit", "--quiet", "-m", message(delivery))
    yield ("git", "push", "--quiet", "-o", "ci.skip", "origin", f"HEAD:refs/heads/{branch}")


def commit(delivery: Delivery, environ: Mapping[str, str], cwd: Path) -> int:
    """Write, commit and push; return 0, also where the branch says so already. SteadError when it cannot be pushed."""
    top = Path(_git(cwd, environ, "rev-parse", "--show-toplevel").strip())
    for _ in range(TRIES):
        if not _committed(delivery, environ, top, cwd):
            return 0
        branch = delivery.context.pipeline.branch
        pushed = _ask(top, environ, "push", "--quiet", "-o", "ci.skip", "origin", f"HEAD:refs/heads/{branch}")
        if pushed.returncode and "push options" in pushed.stderr:  # a server that takes none
            pushed = _ask(top, environ, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        if not pushed.returncode:
            return 0
        if "fetch first" not in pushed.stderr and "non-fast-forward" not in pushed.stderr:
            raise SteadError(f"the commit cannot be pushed to {branch}: {_last(pushed.stderr)}")
    raise SteadError(f"somebody else pushed first, {TRIES} times: run the job again")


def _committed(delivery: Delivery, environ: Mapping[str, str], top: Path, cwd: Path) -> bool:
    """Make the commit on the newest state of the branch; tell whether there was anything to commit."""
    _git(top, environ, "fetch", "--quiet", "origin", delivery.context.pipeline.branch)
    _git(top, environ, "switch", "--quiet", "--detach", "FETCH_HEAD")
    file = top / release_path(delivery)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(release_text(delivery))
    plain = {name: text for name, text in environ.items() if name != "DEPLOY_TOKEN"}
    words = module_command("stead", "render", delivery.context.path)
    if subprocess.run(words, cwd=cwd, env=plain, check=False).returncode:
        raise SteadError(f"{delivery.context.path} cannot be rendered as the branch has it: see above")
    _git(top, environ, "add", "--", posixpath.join(delivery.context.in_repository, "deploy"))
    if not _ask(top, environ, "diff", "--cached", "--quiet").returncode:
        return False
    _git(top, environ, *AUTHOR, "commit", "--quiet", "-m", message(delivery))
    return True


def _git(folder: Path, environ: Mapping[str, str], *words: str) -> str:
    done = _ask(folder, environ, *words)
    if done.returncode:
        raise SteadError(f"git {next(word for word in words if word.isalpha())} failed: {_last(done.stderr)}")
    return done.stdout


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1]


def _ask(folder: Path, environ: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run git; the token goes by the environment, where neither a process list nor a log shows it."""
    token = base64.b64encode(f"oauth2:{environ['DEPLOY_TOKEN']}".encode()).decode()
    given = {name: text for name, text in environ.items() if name != "DEPLOY_TOKEN"}
    given |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader"}
    given |= {"GIT_CONFIG_VALUE_0": f"Authorization: Basic {token}"}
    return run_as_user(folder, *words, environ=given)
