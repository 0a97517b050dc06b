"""`stead secret`: values go in by standard input, and come out for who holds the key only."""

import os
import subprocess
import sys

import pytest
from pyrage import x25519

ANN, BEN = x25519.Identity.generate(), x25519.Identity.generate()


@pytest.fixture
def secret(tmp_path):
    """Run the command in a folder of its own; return (status, output, errors)."""

    def run(*words, value=None, identity=ANN, **environ):
        told = {**os.environ, "SECRETS_AGE_IDENTITY": str(identity), **environ}
        command = [sys.executable, "-m", "stead", "secret", *words]
        done = subprocess.run(command, input=value or "", text=True, capture_output=True, cwd=tmp_path, env=told)
        return done.returncode, done.stdout, done.stderr

    return run


def test_set_get_list(secret, tmp_path):
    value = "a 'quoted' $VALUE\nof two lines"
    assert secret("set", "KEY", "--recipient", str(ANN.to_public()), value=value + "\n") == (0, "", "")
    assert secret("set", "OTHER", value="x") == (0, "", "")
    assert secret("get", "KEY") == (0, value, "")
    assert secret("list") == (0, "KEY\nOTHER\n", "")
    assert b"quoted" not in (tmp_path / "secrets.age").read_bytes()
    assert (tmp_path / "secrets.age").stat().st_mode & 0o777 == 0o600


def test_who_joins_can_read_and_who_is_not_there_cannot(secret):
    secret("set", "KEY", "--recipient", str(ANN.to_public()), value="x")
    status, output, errors = secret("get", "KEY", identity=BEN)
    assert (status, output) == (1, "")
    assert "cannot be decrypted" in errors
    secret("set", "KEY", "--recipient", str(BEN.to_public()), value="y")
    assert secret("get", "KEY", identity=BEN) == secret("get", "KEY") == (0, "y", "")


def test_edit_changes_all_at_once(secret):
    secret("set", "KEY", "--recipient", str(ANN.to_public()), value="x")
    assert secret("edit", EDITOR="sed -i s/x/z/") == (0, "", "")
    assert secret("get", "KEY") == (0, "z", "")
    status, _, errors = secret("edit", EDITOR="false")
    assert status == 1
    assert "nothing was changed" in errors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "KEY"), "no recipient"),
        (("set",), "name the value"),
        (("get", "KEY"), "there is no KEY"),
        (("set", "lower", "--recipient", "age1x"), "an age recipient starts with"),
    ],
)
def test_what_is_wrong_is_said(secret, words, said):
    status, _, errors = secret(*words, value="x")
    assert status == 1
    assert said in errors
    assert "Traceback" not in errors
