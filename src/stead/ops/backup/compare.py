"""Compare restored data with its manifest."""

from collections.abc import Sequence

from stead.ops.backup.age import Identities, unseal_values
from stead.ops.backup.bucket import Summary
from stead.ops.backup.error import BackupError
from stead.ops.backup.find import ArchiveMatch
from stead.ops.backup.fingerprint import Fingerprint, rows_differ, schema_differs

SHOWN = 5  # differences in one message


def compared(found: ArchiveMatch, now: Fingerprint, identities: Identities | None) -> tuple[str, ...]:
    """Compare restored data with the manifest: different rows are an error, different definitions a note.

    Between two versions of PostgreSQL the same definition may be written in two ways.
    """
    if not found.known:
        return ("the archive has no manifest, so its content cannot be verified",)
    expected = Fingerprint(
        server=found.known.server, rows=found.known.rows, schema=found.known.schema,
        contents=unseal_values(found.known.contents, identities),
    )  # fmt: skip
    wrong, other = list(rows_differ(expected, now)), list(schema_differs(expected, now))
    if wrong or (other and _major(expected.server) == _major(now.server)):
        raise BackupError(f"the restored data differs from the backup: {few([*wrong, *other])}")
    return (f"PostgreSQL {now.server} writes it otherwise than {expected.server}: {few(other)}",) if other else ()


def same(found: ArchiveMatch, restored: Summary, identities: Identities | None) -> None:
    if found.known and (restored.rows, restored.contents) != (
        found.known.rows,
        unseal_values(found.known.contents, identities),
    ):
        raise BackupError(f"the restored data differs from the backup: {restored.rows}, and it was {found.known.rows}")


def few(differences: Sequence[str]) -> str:
    """Return the first differences, and the number of the others."""
    more = f", and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
    return "; ".join(differences[:SHOWN]) + more


def _major(server: str) -> str:
    return server.partition(".")[0].partition(" ")[0]
