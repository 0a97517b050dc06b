"""Ship by a commit from a pipeline's job: `stead ship gitops` on the newest state of the branch, and a push.

Argo CD or Flux brings the commit into the cluster; the pipeline has no access to it. The commit is based on the newest
state of the default branch, which may have changed since the images were built; it starts no pipeline.
"""

import base64
import posixpath
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from stead.model import SourceLocation, SteadError
from stead.model.git import run_as_user
from stead.model.interpreter import module_command
from stead.ops.ci.delivery import Delivery
from stead.ops.gitops import layout
from stead.render.kubernetes import release
from stead.render.problem import RenderError

TRIES = 5  # tries to push, each after somebody else's push
AUTHOR = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "stead"), ("EMAIL", "stead@users.noreply.localhost"))
}


def release_path(delivery: Delivery) -> str:
    """Return the path of the file with digests, relative to the repository's top."""
    return posixpath.join(delivery.context.in_repository, "deploy", release.path(delivery.deploy.environment))


def words(delivery: Delivery) -> list[str]:
    """Return the command that commits: an environment after the first gets the digests of the previous environment."""
    first = next(layout.synced(delivery.context.backend), None)
    built = first is None or first[0] is delivery.deploy.environment
    return module_command("stead", *(delivery if built else replace(delivery, images={})).words)


def described(delivery: Delivery) -> Iterator[tuple[str, ...]]:
    """Yield the commands for display."""
    branch = delivery.context.pipeline.branch
    yield ("git", "fetch", "--quiet", "origin", branch)
    yield ("git", "switch", "--quiet", "--force-create", branch, "FETCH_HEAD")
    yield tuple(words(delivery))
    yield ("git", "push", "--quiet", "-o", "ci.skip", "origin", f"HEAD:refs/heads/{branch}")


def commit(delivery: Delivery, environ: Mapping[str, str], cwd: Path) -> int:
    """Write, commit and push; return 0, also when the branch has the version. SteadError when the push fails."""
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
    raise SteadError(f"another push was faster, {TRIES} times: run the job again")


def _committed(delivery: Delivery, environ: Mapping[str, str], top: Path, cwd: Path) -> bool:
    """Make the commit on the newest state of the branch; return whether there was a change to commit.

    A shallow clone gets its history first: it holds the releases of the previous environment. The command is a
    process of its own, since the branch's description may be newer than the one that was read here.
    """
    branch = delivery.context.pipeline.branch
    shallow = _git(top, environ, "rev-parse", "--is-shallow-repository").strip() == "true"
    _git(top, environ, "fetch", "--quiet", *(("--unshallow",) if shallow else ()), "origin", branch)
    _git(top, environ, "switch", "--quiet", "--force-create", branch, "FETCH_HEAD")
    if _is_there(delivery, top / release_path(delivery)):
        return False
    plain = {name: text for name, text in environ.items() if name != "DEPLOY_TOKEN"} | AUTHOR
    if subprocess.run(words(delivery), cwd=cwd, env=plain, check=False).returncode:
        raise SteadError(
            f"{delivery.version} is not shipped to {delivery.deploy.environment.name}: the lines above have the reason"
        )
    return True


def _is_there(delivery: Delivery, file: Path) -> bool:
    """Return whether the branch has this version already; a malformed file counts as no."""
    try:
        found = release.parsed(file.read_text(encoding="utf-8"), SourceLocation(str(file), 1))
    except (FileNotFoundError, RenderError):
        return False
    return found.version == delivery.version and bool(found.images)


def _git(folder: Path, environ: Mapping[str, str], *words: str) -> str:
    done = _ask(folder, environ, *words)
    if done.returncode:
        raise SteadError(f"git {next(word for word in words if word.isalpha())} failed: {_last(done.stderr)}")
    return done.stdout


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1]


def _ask(folder: Path, environ: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run git with the token in the environment, which neither a process list nor a log shows."""
    token = base64.b64encode(f"oauth2:{environ['DEPLOY_TOKEN']}".encode()).decode()
    given = {name: text for name, text in environ.items() if name != "DEPLOY_TOKEN"}
    given |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader"}
    given |= {"GIT_CONFIG_VALUE_0": f"Authorization: Basic {token}"}
    return run_as_user(folder, *words, environ=given)
