"""Run git on an untrusted repository: no program in the repository's configuration is run.

A repository's own configuration may name programs: a file system monitor, hooks, a pager, an external diff, filters of
a driver, a signature checker, a transport that fetches what a partial clone lacks. Each is switched off here for every
call. Rejected: `GIT_CONFIG_NOSYSTEM` and an empty `HOME`, which leave the repository's own file, the one that counts.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

SECONDS = 30.0
SETTINGS = (
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "diff.external=",
    "diff.submodule=short",
    "log.showSignature=false",
    "gpg.program=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
)
HOOKS = "core.hooksPath=/dev/null"
DROPPED = ("GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_TRACE")
GIVEN = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def command(folder: Path, *words: str, hooks: bool = False) -> list[str]:
    """Return the whole command; `hooks` keeps the configured folder of hooks, for a caller that needs its path."""
    settings = [*SETTINGS, *_safe(folder), *(() if hooks else (HOOKS,))]
    given = [word for setting in settings for word in ("-c", setting)]
    return ["git", "--no-pager", *given, *words]


def environ() -> Mapping[str, str]:
    """Return the environment of a call. A hook's GIT_DIR and GIT_INDEX_FILE stay: they determine what is committed."""
    return {name: text for name, text in os.environ.items() if name not in DROPPED} | GIVEN


def set_index_mode(path: Path, mode: str) -> None:
    """Let the index have a tracked file with this mode, and its content as it was.

    It names the object: `update-index --chmod` would read the file, and stage what is not staged. Whatever writes the
    index may read files again that changed within its own second, and run their filters: those are switched off.
    """
    staged = git(path.parent, "ls-files", "--stage", "--full-name", "-z", "--", path.name).stdout.rstrip(b"\0")
    filters = git(path.parent, "config", "--null", "--name-only", "--get-regexp", r"^filter\.").stdout.split(b"\0")
    if staged and not any(b"=" in name for name in filters):
        about, _, name = staged.decode(errors="surrogateescape").partition("\t")
        off = [word for each in filters if each for word in ("-c", _off(os.fsdecode(each)))]
        git(path.parent, *off, "update-index", "--cacheinfo", f"{mode},{about.split()[1]},{name}")


def _off(name: str) -> str:
    return f"{name}=false" if name.endswith(".required") else f"{name}="


def git(
    folder: Path, *words: str, given: bytes = b"", seconds: float = SECONDS, hooks: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    """Run git in a folder; FileNotFoundError when it is not installed, TimeoutExpired when it takes too long."""
    return subprocess.run(
        command(folder, *words, hooks=hooks),
        cwd=folder,
        env=environ(),
        input=given,
        capture_output=True,
        check=False,
        timeout=seconds,
    )


def run_as_user(
    folder: Path, *words: str, environ: Mapping[str, str] | None = None, seconds: float | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run git as the user would, to commit, push or fetch: with their name, their hooks and their credentials.

    Only for a repository that is the user's own. `environ` is the whole environment; None: this process's. Raises as
    `git` does.
    """
    given = dict(os.environ if environ is None else environ) | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return subprocess.run(
        ["git", *words], cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=seconds
    )


def _safe(folder: Path) -> Iterator[str]:
    """Yield whose repositories are read beside this user's own: those that a person has named, one by one.

    `safe.directory=*`, which some images and continuous integration set for everyone, is not such a name.
    """
    yield "safe.directory="  # clears what was read so far
    if folder.is_dir() and folder.stat().st_uid != os.geteuid():
        yield from (f"safe.directory={name}" for name in _named() if name != "*")


@cache
def _named() -> Sequence[str]:
    """Return a value of the user's or the machine's configuration, never of the repository's."""
    found: list[str] = []
    for scope in ("--system", "--global"):
        words = ["git", "config", scope, "--get-all", "safe.directory"]
        ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)
        found += ran.stdout.split("\n")
    return tuple(filter(None, found))
