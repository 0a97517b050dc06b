"""The command line: its help, its speed, its manners when it is misused."""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from importlib import metadata
from pathlib import Path

import jwt
import pytest

from cli import command, command_process
from stead.cli import COMMANDS, app

HERE = Path(__file__).parent
REWARDS = HERE.parent.parent / "backends" / "rewards"
NAMES = [name for commands in COMMANDS.values() for name in commands]


def stead(*words: str, **environ: str) -> subprocess.CompletedProcess:
    return command.stead(*words, folder=REWARDS.parent, **environ)


@pytest.fixture
def alone():
    """A place for control sockets in which no other run of this user is seen; short, as a socket's path must be."""
    room = tempfile.mkdtemp(prefix="st-", dir="/tmp")
    yield {"XDG_RUNTIME_DIR": room}
    shutil.rmtree(room)


def test_help_lists_every_command():
    for words in ((), ("--help",), ("-h",)):
        said = stead(*words)
        assert said.returncode == 0
        assert all(f"  {name} " in said.stdout for name in NAMES)


def test_the_version_is_its_own_only_before_a_command():
    """`stead smoke --version V` asks for a version of the backend's."""
    assert stead("--version").stdout.strip() == metadata.version("stead")
    asked = stead("smoke", str(REWARDS), "--version", "v1", "--url", "api-gateway=http://127.0.0.1:1")
    assert (asked.returncode, asked.stdout.splitlines()[-1]) == (1, "0 of 10 checks passed")


@pytest.mark.parametrize("more", [("--env", "prod"), ("--url", "api-gateway=http://127.0.0.1:1")])
def test_what_containers_leave_no_choice_of_is_refused(more):
    asked = stead("smoke", str(REWARDS), "--containers", *more)
    assert (asked.returncode, "leave out --url and --env" in asked.stderr) == (1, True)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_there_and_says_what_it_does(name, capsys):
    with pytest.raises(SystemExit) as stop:
        app()([name, "--help"])
    assert stop.value.code in (0, None)
    assert f"Usage: stead {name}" in " ".join(capsys.readouterr().out.split())


def test_help_is_quick():
    """150 ms on an idle machine; CPU seconds, since the tests are not alone on theirs."""

    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command_process.stead("--help", folder=HERE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(5)) < 0.15


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stats",), "there is no command 'stats'; did you mean status?"),
        (("blorb",), "there is no command 'blorb'; see stead --help"),
        (("up", "--port", "many"), 'Invalid value for --port: unable to convert "many" into int.'),
        (("up", "--nope"), "--nope"),
        (("token",), "USER"),
    ],
)
def test_wrong_usage_is_status_2(words, said):
    answer = stead(*words)
    assert answer.returncode == 2
    assert said in " ".join((answer.stdout + answer.stderr).replace("│", " ").split())
    assert "Traceback" not in answer.stderr


def test_an_error_is_its_text_and_status_1(tmp_path, alone):
    answer = stead("graph", str(tmp_path), **alone)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(f"{tmp_path}/backend.py: BACKEND001 there is no backend.py here\n")


def test_version():
    assert stead("--version").stdout == "0.1.0\n"


def test_a_token_is_a_session_of_the_development_provider(tmp_path):
    (tmp_path / "backend.py").write_text((REWARDS / "backend.py").read_text())
    answer = stead("token", "ann", str(tmp_path), "--role", "editor", "--role", "admin", "--ttl", "60")
    assert answer.returncode == 0, answer.stderr
    keys = json.loads((tmp_path / ".stead" / "identity.jwks.json").read_text())["keys"]
    token = answer.stdout.strip()
    claims = jwt.decode(token, jwt.PyJWK(keys[0]), algorithms=["RS256"], issuer="https://identity.stead.test")
    assert claims["sub"] == "ann"
    assert claims["roles"] == "editor admin"
    assert claims["exp"] - claims["iat"] == 60
    assert claims["sid"].startswith("sess_")
    assert "azp" not in claims
    assert jwt.get_unverified_header(token)["kid"] == keys[0]["kid"]


def test_a_token_needs_a_provider(tmp_path):
    (tmp_path / "backend.py").write_text('from stead import Backend\nbackend = Backend("bare")\n')
    answer = stead("token", "ann", str(tmp_path))
    assert (answer.returncode, answer.stderr) == (
        1,
        "bare has no identity provider for which Stead can create tokens\n",
    )


def test_a_reader_that_goes_away_is_no_error():
    pipe = f"{sys.executable} -m stead graph {REWARDS} | head -1"
    answer = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, timeout=30, check=False)
    assert (answer.stdout, answer.stderr) == ("flowchart LR\n", "")


def test_the_one_that_runs_needs_no_path(tmp_path, alone):
    (tmp_path / "plain.py").write_text((HERE.parent / "run" / "plain.py").read_text())
    plain = 'Service("plain", command="python plain.py", health=Health("/up", contract=False))'
    (tmp_path / "backend.py").write_text(f'from stead import *\nbackend = Backend("lone", services=[{plain}])\n')
    stead = partial(command_process.stead, folder=HERE)
    assert stead("status", **alone).returncode == 1
    assert stead("up", str(tmp_path), "-d", **alone).returncode == 0
    try:
        assert stead("status", **alone).returncode == 0
        assert "plain listens" in stead("logs", "plain", **alone).stdout
    finally:
        assert stead("down", **alone).returncode == 0
    assert "there is no backend.py here" in stead("status", **alone).stderr


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(port):
    answer = stead("up", str(REWARDS), "--port", port)
    assert answer.returncode == 2
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_description_with_names_for_objects_is_no_traceback(tmp_path):
    text = "from stead import *\na = Service('a', command='x', calls=['b'])\nbackend = Backend('c', services=[a])\n"
    (tmp_path / "backend.py").write_text(text)
    for words in (("up", str(tmp_path)), ("render", str(tmp_path)), ("graph", str(tmp_path)), ("check", str(tmp_path))):
        answer = stead(*words)
        said = answer.stdout + answer.stderr
        assert answer.returncode != 0
        assert "BACKEND006" in said
        assert "backend.py:2" in said
        assert "Traceback" not in said
