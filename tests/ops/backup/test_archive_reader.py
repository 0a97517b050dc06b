"""What an archive is, by its first bytes; and that none that is cut short passes for a whole one."""

import gzip
import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import encrypt, x25519

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import opened
from stead.ops.backup.error import BackupError, DamagedError
from stead.ops.backup.sql_dump import filtered

IDENTITY = x25519.Identity.generate()


def read(path, identities=None):
    with opened(path, identities) as source:
        blocks = iter(lambda: source.read(70_000), b"")
        return source.content, b"".join(blocks)


def sealed(content):
    return encrypt(content, [IDENTITY.to_public()])


def tarred(name):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    return file.getvalue()


CONTENTS = {
    "custom": b"PGDMP" + bytes(range(256)) * 2000,
    "sql": "-- Überschrift\nSELECT 'é';\n".encode() * 9000,
    "tar": tarred("picture.png"),
    "dump-tar": tarred("toc.dat"),
}
WRAPPED = {
    "as it is": lambda content: content,
    "gzip": gzip.compress,
    "twice": lambda content: gzip.compress(gzip.compress(content)),
    "age": sealed,
    "gzip in age": lambda content: sealed(gzip.compress(content)),
    "members": lambda content: gzip.compress(content[:100]) + gzip.compress(content[100:]) + bytes(512),
}


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("wrapping", WRAPPED)
def test_it_is_known_by_its_content(tmp_path, kind, wrapping):
    (tmp_path / "file").write_bytes(WRAPPED[wrapping](CONTENTS[kind]))
    assert read(tmp_path / "file", Identities((IDENTITY,), tmp_path)) == (kind, CONTENTS[kind])


@pytest.mark.parametrize("wrapping", ["gzip", "age", "gzip in age"])
@settings(deadline=None)
@given(place=st.floats(0.0, 0.999))
def test_cut_short_anywhere_it_is_no_whole_one(tmp_path_factory, wrapping, place):
    content = WRAPPED[wrapping](CONTENTS["custom"])
    file = tmp_path_factory.mktemp("cut") / "file"
    file.write_bytes(content[: int(len(content) * place)])
    with pytest.raises(BackupError):
        assert read(file, Identities((IDENTITY,), file)) is None


@settings(deadline=None)
@given(place=st.floats(0.0, 0.999), bit=st.integers(0, 7))
def test_changed_anywhere_it_does_not_open(tmp_path_factory, place, bit):
    content = bytearray(sealed(CONTENTS["custom"]))
    content[int(len(content) * place)] ^= 1 << bit
    file = tmp_path_factory.mktemp("changed") / "file"
    file.write_bytes(content)
    with pytest.raises(BackupError):
        assert read(file, Identities((IDENTITY,), file)) is None


def test_who_stops_reading_leaves_nothing_running(tmp_path):
    (tmp_path / "file").write_bytes(sealed(CONTENTS["custom"] * 20))
    with opened(tmp_path / "file", Identities((IDENTITY,), tmp_path)) as source:
        assert source.read(10) == CONTENTS["custom"][:10]


def test_nothing_is_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DamagedError, match="holds nothing"):
        read(tmp_path / "file")


def mend(text):
    return b"".join(filtered(io.BytesIO(text)))


def test_rows_are_left_as_they_are():
    """What looks like a command among a table's rows is a row."""
    rows = b"COPY t (a) FROM stdin;\nALTER TABLE x OWNER TO y;\n\\\\restrict\n-- Name: x; Type: ACL;\n\\.\nSELECT 1;\n"
    assert mend(rows) == rows


def test_grants_stand_in_a_section_of_their_own():
    text = b"-- Name: f(); Type: FUNCTION\nGRANT inside;\n-- Name: t; Type: ACL; Schema: s\n\nGRANT ALL ON t TO x;\n"
    assert mend(text) == b"-- Name: f(); Type: FUNCTION\nGRANT inside;\n-- Name: t; Type: ACL; Schema: s\n\n"


def test_a_last_line_without_an_end():
    assert mend(b"SELECT 1;\nSELECT 2") == b"SELECT 1;\nSELECT 2"


def test_a_command_to_psql_is_refused_with_its_line():
    with pytest.raises(BackupError, match="line 2 is a psql command"):
        mend(b"SELECT 1;\n\\connect other\n")
