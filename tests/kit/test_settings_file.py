"""A setting in a file: as orchestrators hand out secrets."""

import sys

import pytest

from stead.kit.run_job import call
from stead.kit.settings import DatabaseSettings, SettingsError, read

TOLD = {"SERVICE_NAME": "points"}


def test_what_is_not_set_is_read_from_the_file_that_is_named(tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://app:p$w@db/app\n")
    environ = TOLD | {"DATABASE_URL_FILE": str(file)}
    assert read(DatabaseSettings, environ).database_url == "postgresql://app:p$w@db/app"
    assert read(DatabaseSettings, environ | {"DATABASE_URL": "postgresql:///set"}).database_url == "postgresql:///set"


def test_an_empty_file_is_no_value(tmp_path):
    file = tmp_path / "secret"
    file.write_text("\n")
    environ = TOLD | {"DATABASE_URL": "postgresql:///app", "SERVICE_JWT_SECRET_FILE": str(file)}
    assert read(DatabaseSettings, environ).service_jwt_secret is None


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE names a file that cannot be read: No such file"):
        read(DatabaseSettings, TOLD | {"DATABASE_URL_FILE": str(tmp_path / "url")})


def test_a_job_ends_with_what_its_entry_returns(tmp_path, monkeypatch):
    (tmp_path / "jobs_of_a_test.py").write_text("def done(): return None\ndef failed(): return 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert [call("jobs_of_a_test:done"), call("jobs_of_a_test:failed")] == [0, 3]
    sys.modules.pop("jobs_of_a_test")
