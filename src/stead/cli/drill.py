"""`stead backup drill`: test that the newest backup can be restored, and equals what was backed up.

The exit status is 0 when it does, 1 when a difference was found or the test could not run.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from stead.cli.backup import FOLDER, EnvOption, FileOption, JsonFlag, backup_scope
from stead.cli.option import Where
from stead.model.load import find

if TYPE_CHECKING:
    from stead.ops.backup.drill import DrillResult


def drill(
    path: Where = Path(),
    /,
    *services: str,
    of: Annotated[str, Parameter("--from")] = "",
    identity: FileOption = None,
    metric: FileOption = None,
    environment: EnvOption = "dev",
    env_file: FileOption = None,
    as_json: JsonFlag = False,
) -> int:
    """Restore the newest backup into a scratch database, and compare rows, definitions and invariants.

    Parameters
    ----------
    services
        The services whose databases and buckets to test. Default: all in the backup.
    of
        A backup, a folder of backups, or s3://bucket/prefix. Default: backups/ beside the backend.py.
    identity
        The file with the private key, AGE-SECRET-KEY-1….
    metric
        The file with metrics for Prometheus. Default: backup.prom beside the backups.
    environment
        The environment of the backup.
    env_file
        The file with DRILL_DATABASE_URL, if it is not in the environment: a PostgreSQL for the scratch database.
        Without that URL the drill starts one.
    as_json
        Print JSON, for a program.
    """
    from stead.cli.progress_bar import moving
    from stead.ops.backup.age import Identities
    from stead.ops.backup.drill import SCRATCH
    from stead.ops.backup.drill import drill as run
    from stead.ops.backup.fetch import here
    from stead.ops.backup.find import Owner
    from stead.ops.backup.find import find as archives
    from stead.ops.backup.metric import NAME, Metric
    from stead.ops.backup.repository import Repository

    backend, parts, _, sources = backup_scope(path, services, environment, env_file, ())
    whose = Owner(backend.name, environment)
    chain = Repository(find(path).parent / FOLDER, backend.name, environment)
    opening = Identities.read(identity) if identity else None
    with moving() as progress, here(of or str(chain.path), whose, sources.given, progress) as folder:
        found = archives(folder, whose, parts, chosen=bool(services), unverified=False)
        drilled = run(found, opening, sources.given(SCRATCH), progress)
    wrong = [one for one in drilled if one.faults]
    file = metric or (chain.path / NAME if chain.path.is_dir() else None)
    if file:
        Metric(file, backend.name, environment).drilled(time.time(), [one.part for one in drilled if not one.faults])
    sys.stdout.write(json.dumps([asdict(one) for one in drilled]) + "\n" if as_json else "".join(map(_tried, drilled)))
    return 1 if wrong else 0


def _tried(one: "DrillResult") -> str:
    mark = "✗" if one.faults else "✓"
    about = f"{one.rows:,} rows, {one.invariants}, {one.seconds:.1f} s" if one.invariants else f"{one.seconds:.1f} s"
    lines = [f"{mark} {one.part}: {about}", *(f"  {each}" for each in (*one.faults, *one.notes))]
    return "\n".join(lines) + "\n"
