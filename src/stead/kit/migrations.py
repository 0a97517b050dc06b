"""Migrations: plain SQL files, applied in order, each once and in a transaction of its own.

The table `stead_migration` keeps a checksum of what was applied. A file that was changed or removed afterwards is
refused: two databases at "0003" must be equal. There are no down migrations: a reversal is a new file.

    MigrationError      names the component and the file
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.rows import DictRow, dict_row

from stead.kit.cleanup import Protected
from stead.model import SteadError

NUMBERED = re.compile(r"(\d{4})_\w+\.sql")
LOCK = 6_003_912_870_241_177_011  # one number for all components: they share the table
READ = "SELECT component, file, checksum FROM stead_migration"
NOTE = "INSERT INTO stead_migration (component, file, checksum) VALUES (%s, %s, %s)"
TABLE = """
CREATE TABLE IF NOT EXISTS stead_migration (
    component text NOT NULL,
    file text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (component, file)
)
"""


class MigrationError(SteadError):
    """Migrations that cannot be applied; the database is left as it was before the file named."""


@dataclass(frozen=True)
class Step:
    """One file: its name and its text."""

    file: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Migrations:
    """The migrations of one component, in a folder: `0001_name.sql`, `0002_…`, without gaps."""

    name: str
    folder: Path

    @classmethod
    def beside(cls, module_file: str, name: str) -> "Migrations":
        """Return those in the folder `migrations` beside a module: `Migrations.beside(__file__, "points")`."""
        return cls(name, Path(module_file).with_name("migrations"))

    def steps(self) -> tuple[Step, ...]:
        """Return the files in order. Raises MigrationError when a number is missing, double or no number."""
        paths = sorted(self.folder.glob("*.sql"))
        for expected, path in enumerate(paths, start=1):
            match = NUMBERED.fullmatch(path.name)
            if match is None or int(match[1]) != expected:
                raise MigrationError(f"{self.name}: {path.name} found, but {expected:04d}_….sql expected ({path})")
        return tuple(Step(path.name, path.read_text(encoding="utf-8")) for path in paths)

    def baseline(self) -> str:
        """Return a script that creates a fresh database instead of all steps; usually nothing."""
        return ""


Applied = Mapping[tuple[str, str], str]


async def apply(url: str, components: Sequence[Migrations]) -> int:
    """Apply missing files and return their number; concurrent callers wait.

    Raises psycopg.OperationalError while the database cannot be reached, MigrationError when it must not be touched.
    """
    connection = await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row)
    async with Protected(connection):
        if not _missing(components, await _applied(connection)):
            return 0
        try:
            return await _apply(connection, components)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            raise MigrationError(f"stead_migration cannot be created: {error}") from error


async def _apply(connection: AsyncConnection[DictRow], components: Sequence[Migrations]) -> int:
    # No limit here: an index on a large table takes its time, and so does waiting for the replica that makes it.
    await connection.execute("SET statement_timeout = 0")
    await connection.execute("SET lock_timeout = 0")
    await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    await connection.execute(TABLE)
    return await _apply_missing(connection, components)


async def _applied(connection: AsyncConnection[DictRow]) -> Applied:
    try:
        cursor = await connection.execute(READ)
    except errors.UndefinedTable:
        return {}
    return {(row["component"], row["file"]): row["checksum"] async for row in cursor}


def _missing(components: Iterable[Migrations], applied: Applied) -> list[tuple[Migrations, list[Step]]]:
    """Return the files to apply; refuse applied files that have changed."""
    found = []
    for component in components:
        steps = component.steps()
        _refuse_gone(component.name, {step.file for step in steps}, applied)
        _refuse_changed(component.name, steps, applied)
        if new := [step for step in steps if (component.name, step.file) not in applied]:
            found.append((component, new))
    return found


def _refuse_changed(component: str, steps: Iterable[Step], applied: Applied) -> None:
    for step in steps:
        if applied.get((component, step.file), step.checksum) != step.checksum:
            raise MigrationError(f"{component}: {step.file} was changed after it was applied; add a new file instead")


def _refuse_gone(component: str, files: set[str], applied: Applied) -> None:
    gone = sorted(file for name, file in applied if name == component and file not in files)
    if gone:
        raise MigrationError(f"{component}: {', '.join(gone)} was applied to this database, but the file is missing")


async def _apply_missing(connection: AsyncConnection[DictRow], components: Sequence[Migrations]) -> int:
    applied = await _applied(connection)
    known = {name for name, _ in applied}
    missing = _missing(components, applied)
    for component, steps in missing:
        if component.name not in known and (baseline := component.baseline()):
            await _apply_text(connection, component.name, baseline, steps)
            continue
        for step in steps:
            await _apply_text(connection, component.name, step.text, [step])
    return sum(len(steps) for _, steps in missing)


async def _apply_text(connection: AsyncConnection[DictRow], component: str, text: str, steps: Sequence[Step]) -> None:
    """Run `text` and note the steps that it stands for, all or nothing."""
    try:
        async with Protected(connection.transaction()):
            await connection.execute(text.encode())  # bytes without values: several statements, `%` as it is
            for step in steps:
                await connection.execute(NOTE, (component, step.file, step.checksum))
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise MigrationError(f"{component}: {steps[0].file} failed and was rolled back: {error}") from error
