"""An interruption ends sealing and opening as itself, wherever it comes: pyrage makes a text of it."""

import io

import pytest
from pyrage import x25519

from stead.ops.backup.age import Identities, seal, unseal
from stead.ops.backup.error import BackupError

KEY = x25519.Identity.generate()


class Interrupted(io.BytesIO):
    """It is interrupted outside of what is read or written: a handler of a signal runs between any two lines."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    @property
    def read(self):
        raise self.error


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """Leave out what notes an error on the way, since the interruption comes before it."""
    monkeypatch.setattr("stead.ops.backup.age._RecordingReader", Bare)


class Bare:
    error = None

    def __init__(self, inner):
        self.inner = inner

    def read(self, size=-1):
        return self.inner.read(size)

    def write(self, data):
        return self.inner.write(data)

    def flush(self):
        pass


@pytest.mark.parametrize("interruption", [SystemExit(143), KeyboardInterrupt()], ids=repr)
def test_an_interruption_between_two_lines_is_no_failure_of_the_encryption(interruption, tmp_path):
    with pytest.raises(type(interruption)) as raised:
        seal(Interrupted(interruption), io.BytesIO(), [str(KEY.to_public())])
    assert raised.value.args == interruption.args
    with pytest.raises(type(interruption)):
        unseal(Interrupted(interruption), io.BytesIO(), Identities((KEY,), tmp_path / "key"))


def test_another_error_is_one_of_the_encryption():
    with pytest.raises(BackupError, match="SystemExit"):
        seal(Interrupted(ValueError("SystemExit: 143 was printed")), io.BytesIO(), [str(KEY.to_public())])
