"""Secrets as files, for an app that reads its environment alone: FastAPI, Django, anything that knows no `_FILE`."""

import os
import subprocess
import sys

import pytest

from stead.kit.live_setting import LiveSetting
from stead.kit.secret_file import put_into
from stead.kit.settings import SettingsError

FOREIGN = """
import os
print("opened", os.environ["DB_PASSWORD"], "SERVICE_JWT_KEYS" in os.environ, flush=True)
raise SystemExit(9)
"""


@pytest.fixture
def mounted(tmp_path):
    for name in ("DB_PASSWORD", "SERVICE_JWT_KEYS"):
        (tmp_path / name).write_text(f"{name.lower()}\n")
    return {f"{name}_FILE": str(tmp_path / name) for name in ("DB_PASSWORD", "SERVICE_JWT_KEYS")}


def test_a_mounted_secret_is_put_under_its_own_name_and_a_key_of_the_boundary_stays_a_file(mounted):
    environ = {**mounted, "SSL_CERT_FILE": "/etc/ssl/cert.pem"}
    put_into(environ)
    assert environ["DB_PASSWORD"] == "db_password"
    assert environ.keys() == {*mounted, "SSL_CERT_FILE", "DB_PASSWORD"}


def test_what_a_person_gives_goes_before_the_file(mounted):
    environ = {**mounted, "DB_PASSWORD": "given"}
    put_into(environ)
    assert environ["DB_PASSWORD"] == "given"


def test_files_that_cannot_be_read_are_named_all_at_once(tmp_path):
    environ = {"A_FILE": str(tmp_path / "A"), "B_FILE": str(tmp_path / "B")}
    with pytest.raises(SettingsError) as raised:
        put_into(environ)
    assert [line.split()[0] for line in raised.value.problems] == ["A_FILE", "B_FILE"]


def test_a_value_that_was_put_there_is_still_rotated_by_its_file(mounted, tmp_path):
    environ = dict(mounted)
    put_into(environ)
    live = LiveSetting("DB_PASSWORD", environ["DB_PASSWORD"], environ, clock=iter((0.0, 5.0)).__next__)
    (tmp_path / "DB_PASSWORD").write_text("renewed\n")
    assert live.changed()
    assert live.text == "renewed"


def test_the_values_of_a_setting_that_has_several_are_read_again(tmp_path):
    environ = {"ROTATED_SETTINGS": str(tmp_path)}
    live = LiveSetting("KEYS", "old", environ, clock=iter((0.0, 5.0)).__next__, separator=",")
    assert live.values == ("old",)
    (tmp_path / "KEYS").write_text("new, old,")
    assert live.values == ("new", "old")


def test_a_setting_without_a_separator_has_one_value():
    assert LiveSetting("KEY", "one two, three", {}).values == ("one two, three",)


def test_an_app_that_knows_no_file_finds_its_password_while_it_is_imported(mounted, tmp_path):
    (tmp_path / "shop_main.py").write_text(FOREIGN)
    environ = {**os.environ, **mounted, "SERVICE_ROUTES": "[]", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "stead.kit.serve", "shop_main:app"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environ, check=False)
    assert (done.returncode, done.stdout.strip()) == (9, "opened db_password False"), done.stderr
