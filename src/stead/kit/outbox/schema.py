"""The tables of procrastinate, applied by the same mechanism as ours.

They come from the installed library and are not copied: a fresh database gets its whole schema at once, an older one
the library's migrations that it lacks.
"""

from pathlib import Path

from procrastinate.schema import SchemaManager

from stead.kit.migrations import Migrations, Step


class LibrarySchema(Migrations):
    """The migrations inside the library; their names begin with the version that introduced them."""

    def steps(self) -> tuple[Step, ...]:
        return tuple(Step(path.name, path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.sql")))

    def baseline(self) -> str:
        return SchemaManager.get_schema()


MIGRATIONS = LibrarySchema("outbox", Path(SchemaManager.get_migrations_path()))
