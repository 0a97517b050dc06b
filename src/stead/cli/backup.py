"""`stead backup`: write every database and bucket of a backend into one backup.

The exit status is 0 when every part is backed up, 1 when one failed, 2 for wrong usage, 75 when another backup of the
same backend runs.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag, Where
from stead.model import Backend, Environment, SteadError, load
from stead.model.load import find
from stead.model.printable import printable
from stead.ops.backup.error import LockedError
from stead.ops.backup.progress import in_bytes

if TYPE_CHECKING:
    from stead.ops.backup.backup_run import BackupResult, Order
    from stead.ops.backup.item import BackupItem, LeftOut
    from stead.ops.backup.source import Sources

EXIT_TEMPFAIL = 75  # sysexits.h: try again later
FOLDER = "backups"
RECIPIENTS = "BACKUP_RECIPIENTS"
UNSEALED = (
    "a backup holds users' data: name a key that opens it, --recipient age1… (or {0}, in the environment or in the "
    "env file).\nage-keygen -o key.txt makes a key; keep key.txt away from here. --plain leaves it in the clear."
)
EnvOption = Annotated[str, Parameter(["--env", "-e"])]
FileOption = Annotated[Path | None, Parameter()]
ComposeOption = Annotated[list[Path] | None, Parameter(negative="")]
JsonFlag = Annotated[Flag, Parameter("--json")]

backup = App(name="backup", help="Back up each database and bucket.", help_format="plaintext")
backup.command(
    "stead.cli.drill:drill", name="drill", help="Restore the newest backup into a scratch database, and compare."
)


@backup.default
def take(
    path: Where = Path(),
    /,
    *services: str,
    to: FileOption = None,
    recipient: Annotated[list[str] | None, Parameter(negative="")] = None,
    plain: Flag = False,
    upload: str = "",
    keep: str = "",
    metric: FileOption = None,
    environment: EnvOption = "dev",
    env_file: FileOption = None,
    compose: ComposeOption = None,
    dry_run: Flag = False,
    as_json: JsonFlag = False,
) -> int:
    """Back up each database and bucket: dump, gzip, encrypt, verify.

    Parameters
    ----------
    services
        The services whose databases and buckets to back up. Default: all.
    to
        The folder of all backups. Default: backups/ beside the backend.py.
    recipient
        An age public key, age1…, whose private key can decrypt the backup; may be given several times.
    plain
        Do not encrypt the backup.
    upload
        Also upload the backup to s3://bucket/prefix, and read it back. The credentials and the endpoint come from
        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.
    keep
        The backups to keep after a success: a number, or last=3,daily=7,weekly=4,monthly=12. Default: all.
    metric
        The file with metrics for Prometheus. Default: backup.prom beside the backups.
    environment
        The environment to back up; dev is the one on this machine.
    env_file
        The file with DATABASE_URL and the like; default: .env.ENV beside the backend.py.
    compose
        A Compose file of the project that runs the PostgreSQL; may be given several times.
    dry_run
        Print the steps, and change nothing.
    as_json
        Print JSON, for a program.
    """
    from stead.ops.backup.backup_run import plan
    from stead.ops.backup.backup_run import take as run

    order, out = _order(
        path, services, to, recipient, upload, keep, metric, environment, env_file, compose, plain=plain
    )  # fmt: skip
    if dry_run:
        lines = [*plan(order), *(f"left out: {one.name}: {one.why}" for one in out)]
        sys.stdout.write(json.dumps(lines) + "\n" if as_json else "\n".join(lines) + "\n")
        return 0
    from stead.cli.progress_bar import moving

    try:
        with moving() as progress:
            taken = run(order, progress)
    except LockedError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return EXIT_TEMPFAIL
    sys.stdout.write(_as_json(taken) if as_json else _backup_lines(taken, out))
    return 0


def backup_scope(
    path: Path, services: Sequence[str], environment: str, env_file: Path | None, compose: Sequence[Path]
) -> tuple[Backend, list["BackupItem"], list["LeftOut"], "Sources"]:
    """Return the backend, the items to back up, the items left out with the reason, and the sources of the items."""
    from stead.ops.backup.item import parts
    from stead.ops.backup.source import Sources
    from stead.run.resolve import Inputs

    description, backend = find(path), load(path)
    chosen, out = parts(backend, _environment(backend, environment), services)
    if env_file and not env_file.is_file():
        raise SteadError(f"{env_file} does not exist")
    inputs = Inputs.at(env_file) if env_file else Inputs.beside(description, environment)
    for file in compose:
        if not file.is_file():
            raise SteadError(f"{file} does not exist")
    return backend, chosen, out, Sources(description, inputs, environment, compose)


def _order(
    path: Path,
    services: Sequence[str],
    to: Path | None,
    recipient: list[str] | None,
    upload: str,
    keep: str,
    metric: Path | None,
    environment: str,
    env_file: Path | None,
    compose: list[Path] | None,
    *,
    plain: bool,
) -> tuple["Order", list["LeftOut"]]:
    from stead.ops.backup.age import checked
    from stead.ops.backup.backup_run import Order
    from stead.ops.backup.bucket_location import BucketLocation
    from stead.ops.backup.metric import NAME, Metric
    from stead.ops.backup.repository import Repository
    from stead.ops.backup.retention import Policy
    from stead.run.resolve import version_of

    backend, chosen, out, sources = backup_scope(path, services, environment, env_file, compose or ())
    if not chosen:
        raise SteadError(f"{backend.name} has no database and no bucket: there is nothing to back up")
    folder = find(path).parent
    chain = Repository(to or folder / FOLDER, backend.name, environment)
    recipients = checked(recipient or [one.strip() for one in sources.given(RECIPIENTS).split(",") if one.strip()])
    if plain and recipients:
        raise SteadError("--plain and a recipient exclude one another")
    if not plain and not recipients:
        raise SteadError(UNSEALED.format(RECIPIENTS))
    sources.refuse_nowhere(chosen)
    order = Order(
        backend.name, environment, version_of(folder), tuple(chosen), sources, chain, tuple(recipients),
        Metric(metric or chain.path / NAME, backend.name, environment),
        BucketLocation.of_upload(upload, sources.given) if upload else None, Policy.read(keep) if keep else None,
    )  # fmt: skip
    return order, out


def _environment(backend: Backend, name: str) -> Environment:
    known = {each.name: each for each in backend.environments}
    if name in known or name == "dev":
        return known.get(name) or Environment(name)
    raise SteadError(f"{backend.name} has no environment {name}; it has {', '.join(known)}")


def _backup_lines(taken: "BackupResult", out: Sequence["LeftOut"]) -> str:
    lines = []
    for archive in taken.manifest.archives:
        contents = f"{sum(archive.rows.values()):,} rows in {len(archive.rows)} tables"
        if archive.kind == "bucket":
            contents = f"{archive.rows['objects']:,} objects"
        lines.append(
            f"{archive.part}: {contents}, {in_bytes(archive.size)}, {archive.seconds:.1f} s, from {archive.source}"
        )
    lines += [f"left out: {one.name}: {one.why}" for one in out]
    sealed = f"sealed to {len(taken.manifest.recipients)}" if taken.manifest.recipients else "in the clear"
    lines.append(f"{taken.folder}, {sealed}")
    lines += [f"copied to {taken.uploaded}, and read back"] if taken.uploaded else []
    lines += [f"removed: {', '.join(taken.removed)}"] if taken.removed else []
    return "\n".join(lines) + "\n"


def _as_json(taken: "BackupResult") -> str:
    import msgspec

    known = {"folder": str(taken.folder), "uploaded": taken.uploaded, "removed": taken.removed}
    return msgspec.json.encode(known | {"manifest": taken.manifest}).decode() + "\n"
