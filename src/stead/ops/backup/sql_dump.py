"""Plain SQL of an old dump, made fit for another database: who owned what, and who was granted what, is left out.

The roles of old are not those of here. Such lines are known as `pg_dump` writes them, outside of a table's rows. What
`psql` itself would carry out (`\\!` starts a program) is refused: one line of the file could run anything here.
"""

import re
from collections.abc import Iterator

from stead.ops.backup.error import BackupError
from stead.ops.backup.stream import BLOCK, Readable

COPY = re.compile(rb"COPY .* FROM stdin;\s*$")
OWNER = re.compile(rb"ALTER .* OWNER TO [^;]+;\s*$")
GRANT = re.compile(rb"(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) .*;\s*$")
ACL = re.compile(rb"-- .*; Type: (DEFAULT )?ACL;")
NAME = b"-- Name: "
DROPPED = (rb"\restrict", rb"\unrestrict", b"SET transaction_timeout = 0;")  # no server before 17 has the latter
END = b"\\.\n"


def filtered(source: Readable) -> Iterator[bytes]:
    """Yield the lines of a dump that are for here; BackupError for one that is for `psql` itself."""
    rows = acl = False
    for number, line in enumerate(_lines(source), start=1):
        if rows:
            rows = line.rstrip(b"\r\n") != END.rstrip()
            yield line
            continue
        acl = bool(ACL.match(line)) if line.startswith(NAME) else acl
        if line.startswith(DROPPED) or OWNER.match(line) or (acl and GRANT.match(line)):
            continue
        if line.startswith(b"\\"):
            beginning = line[:40].decode(errors="replace").strip()
            raise BackupError(f"line {number} is a command to psql and not SQL, and is not run: {beginning}")
        rows = bool(COPY.match(line))
        yield line


def _lines(source: Readable) -> Iterator[bytes]:
    rest = b""
    while block := source.read(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
