"""`stead hook`: check the staged files before each commit.

The hook names the interpreter that wrote it, so that it works without an activated environment, and falls back to the
`stead` on the PATH. A hook of another author is not lost: with --force it is renamed, and runs first.
"""

import os
import shlex
import stat
import sys
from pathlib import Path
from typing import Literal

from stead.check.staged import NoRepositoryError, git
from stead.cli.option import Flag, Where
from stead.model.load import find
from stead.model.printable import printable

MARKER = "# Written by `stead hook install`"
SAVED = "pre-commit.before-stead"
SCRIPT = """#!/bin/sh
{ours}; `stead hook remove` removes it.
# `git commit --no-verify` commits without it.
hooks=$(dirname "$0")
if [ -x "$hooks/{kept}" ]; then
    "$hooks/{kept}" "$@" || exit $?
fi
if [ -x {python} ]; then
    exec {python} -P -m stead check --staged -- {paths}
fi
exec stead check --staged -- {paths}
"""


def hook(do: Literal["install", "remove"], path: Where = Path(), /, *, force: Flag = False) -> int:
    """Check the staged files before each commit in this git repository.

    Parameters
    ----------
    do
        install or remove the hook.
    force
        Install the hook beside an existing one, which is renamed and runs first.
    """
    root = find(path).parent
    try:
        top = Path(git(root, "rev-parse", "--show-toplevel").strip())
        file = (root / git(root, "rev-parse", "--git-path", "hooks/pre-commit", hooks=True).strip()).resolve()
    except NoRepositoryError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return 1
    return _install(file, root.relative_to(top), force=force) if do == "install" else _remove(file)


def _install(file: Path, folder: Path, *, force: bool) -> int:
    paths, saved = [str(folder)], file.with_name(SAVED)
    if file.exists() or file.is_symlink():
        if _is_stead_hook(file):
            paths = list(dict.fromkeys([*_paths(file), *paths]))
        elif not force:
            keeps = "--force installs the new hook, and keeps the old one, which runs first"
            sys.stderr.write(f"{file} was not written by Stead; {keeps}\n")
            return 1
        elif saved.exists():
            sys.stderr.write(f"{saved} exists and is not overwritten; move it away first\n")
            return 1
        else:
            file.replace(saved)
            sys.stdout.write(f"{_shown(saved)} is the previous hook; it runs first\n")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script(paths))
    file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    sys.stdout.write(f"{_shown(file)} checks {', '.join(paths)} before each commit\n")
    return 0


def script(paths: list[str]) -> str:
    """Return the hook for the backends in these folders, relative to the top of the repository."""
    return SCRIPT.format(ours=MARKER, kept=SAVED, python=shlex.quote(sys.executable), paths=shlex.join(paths))


def _remove(file: Path) -> int:
    if not file.exists() or not _is_stead_hook(file):
        sys.stderr.write(f"{_shown(file)} does not exist, or was not written by Stead\n")
        return 1
    saved = file.with_name(SAVED)
    if saved.exists():
        saved.replace(file)
        sys.stdout.write(f"{_shown(file)} is the previous hook again\n")
    else:
        file.unlink()
        sys.stdout.write(f"{_shown(file)} is removed\n")
    return 0


def _is_stead_hook(file: Path) -> bool:
    return file.is_file() and MARKER in file.read_text(errors="replace")


def _paths(file: Path) -> list[str]:
    """Return the folders that an installed hook checks."""
    return shlex.split(file.read_text().splitlines()[-1].partition(" -- ")[2])


def _shown(file: Path) -> str:
    inner = os.path.relpath(file)
    return str(file) if inner.startswith("..") else inner
