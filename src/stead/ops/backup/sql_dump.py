"""Filter a plain SQL dump for another database: remove statements about owners and grants.

The roles of the dump do not exist here. Such lines are recognised by the form in which `pg_dump` writes them, outside a
table's rows. A command of `psql` itself (`\\!` starts a program) is refused: one line of the file could run anything
here.
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
    """Yield the lines of a dump to restore; BackupError for a command of `psql` itself."""
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
            raise BackupError(
                f"line {number} is a psql command, not SQL, and Stead does not run it; remove it: {beginning}"
            )
        rows = bool(COPY.match(line))
        yield line


def _lines(source: Readable) -> Iterator[bytes]:
    rest = b""
    while block := source.read(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
