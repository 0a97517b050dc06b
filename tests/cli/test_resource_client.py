"""How psql and redis-cli are called for a URL: by all that it says, and never with the password as an argument."""

from urllib.parse import urlsplit

import pytest

from stead.cli import psql, redis, resource_client
from stead.model import Postgres
from stead.run.error import RunError


def test_psql_is_given_the_whole_url_but_the_password():
    url = urlsplit("postgresql://shop%2Fa:s%40crt@db.example:5433/shop?sslmode=verify-full")
    words, environ = psql.session(url, {"HOME": "/root", "PGHOSTADDR": "192.0.2.1", "PGSERVICE": "other"})
    assert words == ["--dbname", "postgresql://shop%2Fa@db.example:5433/shop?sslmode=verify-full"]
    assert environ == {"HOME": "/root", "PGPASSWORD": "s@crt"}


def test_redis_cli_speaks_tls_where_the_url_does():
    words, login = redis.session(urlsplit("rediss://ann:s%40crt@cache.example/2"))
    assert words == ["-h", "cache.example", "-p", "6379", "--tls", "-n", "2", "--user", "ann"]
    assert login == {"REDISCLI_AUTH": "s@crt"}


def test_redis_cli_logs_in_nowhere_without_a_password():
    assert redis.session(urlsplit("redis://127.0.0.1:7000/0")) == (["-h", "127.0.0.1", "-p", "7000", "-n", "0"], {})


def test_a_url_that_redis_cli_does_not_take_is_named_without_its_password():
    with pytest.raises(RunError, match="unix scheme: give redis:// or rediss://") as error:
        redis.session(urlsplit("unix://:s3cret@/run/redis.sock"))
    assert "s3cret" not in str(error.value)


def test_a_resource_that_the_run_does_not_have_yet_is_told_with_the_way_out(tmp_path, monkeypatch):
    (tmp_path / "backend.py").write_text(
        "from stead import *\n"
        "backend = Backend('shop', services=[Service('orders', command='orders', needs=[Postgres('NEW_URL')])])\n"
    )
    monkeypatch.setattr(resource_client, "_environment_values", lambda *_: {"OLD_URL": "postgresql://x"})
    with pytest.raises(RunError, match=r"orders runs without NEW_URL: .* apply it: stead up -d"):
        resource_client.url_of(Postgres, (str(tmp_path),))
