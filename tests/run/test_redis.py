"""The embedded Redis: durable, separated by service, refusing what would lose data, leaving nothing behind."""

import os
import signal
import stat

import psutil
import pytest
import redis

from stead.run.redis import RedisError, Server, create_user
from stead.run.redis.protocol import ask


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


def test_asks_for_a_password(server):
    naked = f"redis://127.0.0.1:{server.port}/0"
    with pytest.raises(RedisError, match="NOAUTH"):
        ask(naked, ("PING",))
    with pytest.raises(RedisError, match="WRONGPASS"):
        ask(f"redis://default:wrong@127.0.0.1:{server.port}/0", ("PING",))
    assert ask(server.url(), ("PING",)) == ["PONG"]


def test_secrets_are_in_private_files_and_on_no_command_line(server):
    assert server.password not in " ".join(psutil.Process(server.pid).cmdline())
    for name in ("password", "users"):
        assert stat.S_IMODE((server.folder / name).stat().st_mode) == 0o600
    assert server.password not in (server.folder / "users").read_text()
    assert server.password not in server.log.read_text()


def test_listens_on_the_loopback_only(server):
    listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections("inet") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_answered_outlives_the_server(server, how):
    url = create_user(server.url(), "sessions", "a-password")
    port = server.port
    ask(url, *(("SET", f"sessions:{n}", str(n)) for n in range(100)))
    os.kill(server.pid, how)
    psutil.wait_procs([psutil.Process(server.pid)] if server.pid else [], timeout=5)
    server.stop()
    (server.data / "temp-rewriteaof-17.aof").write_text("half")
    server.start()
    assert server.port == port
    assert ask(url, ("GET", "sessions:99")) == ["99"]  # the user outlived it, too
    assert not list(server.data.glob("temp-*"))


@pytest.mark.parametrize(
    "command",
    [
        ("GET", "other:1"),
        ("EVAL", "return redis.call('GET', 'other:1')", "0"),
        ("PUBLISH", "other:news", "x"),
        ("KEYS", "*"),
        ("FLUSHALL",),
        ("CONFIG", "GET", "dir"),
        ("ACL", "LIST"),
        ("SCRIPT", "FLUSH"),
        ("SELECT", "1"),
        ("SHUTDOWN",),
        ("SCAN", "0"),
        ("RANDOMKEY",),
        ("DBSIZE",),
        ("EVAL", "return redis.call('SCAN', '0')", "0"),
        ("EVAL", "return redis.call('DBSIZE')", "0"),
        ("PUBSUB", "CHANNELS"),
        ("CLIENT", "LIST"),
        ("CLIENT", "TRACKING", "on", "BCAST"),
        ("MONITOR",),
        ("SORT", "sessions:1", "BY", "other:*"),
        ("FLUSHDB",),
    ],
)
def test_a_service_reaches_its_own_keys_and_nothing_else(server, command):
    url = create_user(server.url(), "sessions", "a-password")
    ask(server.url(), ("SET", "other:1", "x"))
    assert ask(url, ("SET", "sessions:1", "x"), ("GET", "sessions:1")) == ["OK", "x"]
    with pytest.raises(RedisError, match=r"NOPERM|user_script"):
        ask(url, command)


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.filterwarnings("error")
def test_an_ordinary_client_starts_without_a_warning_and_finds_what_it_needs(server, protocol, caplog):
    url = create_user(server.url(), "sessions", "a-password")
    with redis.Redis.from_url(url, protocol=protocol, health_check_interval=1, client_name="shop") as client:
        assert client.info()["redis_version"]
        assert client.set("sessions:1", "x", ex=60)
        assert client.ttl("sessions:1") > 0
        with client.pipeline(transaction=True) as pipe:
            assert pipe.incr("sessions:n").expire("sessions:n", 60).execute() == [1, True]
        assert client.register_script("return redis.call('TIME')[1]")()
        assert client.delete("sessions:1", "sessions:n") == 2
        with client.pubsub() as channel:
            channel.subscribe("sessions:news")
            assert client.publish("sessions:news", "x") == 1
        assert list(client.xread({"sessions:stream": 0})) == []
    assert caplog.records == []


def test_what_a_client_says_of_itself_is_answered_or_unknown_but_never_forbidden(server):
    url = create_user(server.url(), "sessions", "a-password")
    for command in (("CLIENT", "SETINFO", "lib-name", "x"), ("CLIENT", "SETNAME", "x"), ("HELLO", "2")):
        try:
            ask(url, command)
        except RedisError as error:
            assert "NOPERM" not in str(error)


def test_a_user_made_again_has_another_password(server):
    old = create_user(server.url(), "sessions", "first")
    new = create_user(server.url(), "sessions", "second")
    assert ask(new, ("PING",)) == ["PONG"]
    with pytest.raises(RedisError, match="WRONGPASS"):
        ask(old, ("PING",))


def test_two_servers_never_share_a_folder(server):
    with pytest.raises(RedisError, match="held by a Redis that runs"):
        Server(server.folder).start()
    assert ask(server.url(), ("PING",)) == ["PONG"]


def test_a_stale_pid_file_is_nobody(tmp_path):
    server = Server(tmp_path / "redis", durable=False)
    server.folder.mkdir()
    (server.folder / "redis.pid").write_text(str(os.getpid()))
    server.start()
    server.stop()
    assert not (server.folder / "redis.pid").exists()


def test_data_of_a_newer_version_is_left_alone(tmp_path, monkeypatch):
    server = Server(tmp_path / "redis")
    (server.data / "appendonlydir").mkdir(parents=True)
    monkeypatch.setattr("stead.run.redis.server.major", lambda _: 6)
    with pytest.raises(RedisError, match="written by Redis 7"):
        server.start()


def test_a_server_that_cannot_start_says_why(server, tmp_path):
    second = Server(tmp_path / "other", port=server.port)
    with pytest.raises(RedisError, match="in use"):
        second.start()
    assert second.pid is None
