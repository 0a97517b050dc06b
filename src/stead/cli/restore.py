"""`stead restore`: restore databases and buckets from a backup, or from an older dump."""

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from stead.cli.backup import ComposeOption, EnvOption, FileOption, JsonFlag, backup_scope
from stead.cli.option import Flag, Where
from stead.model import SteadError

if TYPE_CHECKING:
    from stead.ops.backup.restore import Restored

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def restore(
    archive: str,
    path: Where = Path(),
    /,
    *services: str,
    identity: FileOption = None,
    into: str = "",
    yes: Flag = False,
    unverified: Flag = False,
    environment: EnvOption = "dev",
    env_file: FileOption = None,
    compose: ComposeOption = None,
    dry_run: Flag = False,
    as_json: JsonFlag = False,
) -> int:
    """Restore databases and buckets. With --yes present data is replaced; it stays under another name.

    Parameters
    ----------
    archive
        A backup, a folder of backups (the newest is used), s3://bucket/prefix that backup --upload wrote, or one file;
        also a .dump, .dump.gz or .sql that other tools wrote.
    services
        The services to restore. Default: all in the backup. A dump of another tool needs one.
    identity
        The file with the private key, AGE-SECRET-KEY-1….
    into
        Restore into a new database of this name, beside the service's own.
    yes
        Replace the present data, which is renamed and stays.
    unverified
        Accept a file without a manifest: Stead cannot verify that it is complete.
    environment
        The environment to restore into; dev is the one on this machine.
    env_file
        The file with DATABASE_URL and the like; default: .env.ENV beside the backend.py.
    compose
        A Compose file of the project that runs the PostgreSQL; may be given several times.
    dry_run
        Verify the archives, print the steps, and change nothing.
    as_json
        Print JSON, for a program.
    """
    from stead.cli.progress_bar import moving
    from stead.ops.backup.age import Identities
    from stead.ops.backup.fetch import here
    from stead.ops.backup.find import Owner, find
    from stead.ops.backup.restore import Request, plan
    from stead.ops.backup.restore import restore as run

    if into and not NAME.fullmatch(into):
        raise SteadError(f"--into {into}: expected a database name: lower-case letters, digits and underscores")
    backend, parts, _, sources = backup_scope(path, services, environment, env_file, compose or ())
    whose = Owner(backend.name, environment)
    opening = Identities.read(identity) if identity else None
    with moving() as progress, here(archive, whose, sources.given, progress) as place:
        found = find(place, whose, parts, chosen=bool(services), unverified=unverified)
        if into and len(found) > 1:
            raise SteadError(f"--into is for one database; name one of {', '.join(each.part.name for each in found)}")
        sources.refuse_nowhere([each.part for each in found])
        request = Request(tuple(found), sources, opening, into, yes)
        if dry_run:
            lines = list(plan(request))
            sys.stdout.write(json.dumps(lines) + "\n" if as_json else "\n".join(lines) + "\n")
            return 0
        done = run(request, progress)
    sys.stdout.write(
        json.dumps([asdict(one) for one in done]) + "\n" if as_json else "".join(map(_restored_lines, done))
    )
    return 0


def _restored_lines(one: "Restored") -> str:
    aside = f"; the previous data is in {one.aside}" if one.aside else ""
    return f"{one.part}: restored to {one.place}{aside}\n" + "".join(f"  {note}\n" for note in one.notes)
