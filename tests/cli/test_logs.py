"""`stead logs`: all files in the order of time, and what is looked for in them."""

import json
import signal
import subprocess
import sys
import time

import httpx2
import pytest

from cli.command_process import stead
from stead.console.config import Limits
from stead.console.run_file import RunFile


def stamp(ago):
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - ago))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    logs = tmp_path / ".stead" / "logs"
    logs.mkdir(parents=True)
    (tmp_path / ".stead").chmod(0o700)
    kit = [
        {"time": stamp(400), "level": "info", "message": "old"},
        {"time": stamp(30), "level": "error", "message": "stock is gone", "trace_id": "ab" * 16},
        {"time": stamp(10), "level": "info", "message": "sold"},
    ]
    (logs / "orders.log").write_text("".join(json.dumps(line) + "\n" for line in kit))
    plain = [f"{stamp(20)} WARNING: low", "  and more of it", f"{stamp(5)} INFO: fine \x1b]0;title\x07"]
    (logs / "points.log").write_text("\n".join(plain) + "\n")
    return tmp_path


def messages(folder, *words):
    done = stead("logs", "--json", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["message"].strip().split(" ", 1)[-1] for line in done.stdout.splitlines()]


def test_all_processes_are_in_the_order_of_time(folder):
    assert messages(folder) == [
        "old", "is gone", "WARNING: low", "more of it", "sold", "INFO: fine \x1b]0;title\x07",
    ]  # fmt: skip
    shown = stead("logs", folder=folder).stdout
    assert "\x1b" not in shown
    assert shown.index("stock is gone") < shown.index("WARNING: low") < shown.index("sold")
    assert "orders | " in shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--since", "3m"), ["is gone", "WARNING: low", "more of it", "sold", "INFO: fine \x1b]0;title\x07"]),
        (("--level", "warning"), ["is gone", "WARNING: low"]),
        (("--grep", "STOCK|sold"), ["is gone", "sold"]),
        (("--trace", "abab"), ["is gone"]),
        (("orders", "-n", "1"), ["sold"]),
        (("--grep", "nothing"), []),
    ],
)
def test_what_is_looked_for(folder, words, found):
    assert messages(folder, *words) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "yesterday"), "such as 5m or 2h"),
        (("--level", "loud"), "the levels are debug, info, warning"),
        (("--grep", "("), "not a regular expression"),
        (("--trace", "xyz"), "hexadecimal digits"),
        (("nobody",), "there is no log of nobody"),
    ],
)
def test_a_wrong_option_is_named(folder, words, said):
    done = stead("logs", *words, folder=folder)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_what_is_followed_is_each_line_as_it_was_written_also_when_the_file_is_begun_anew(folder):
    log = folder / ".stead" / "logs" / "orders.log"
    command = [sys.executable, "-P", "-m", "stead", "logs", "orders", "-f", "-n", "1", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert json.loads(process.stdout.readline())["message"] == "sold"
        with log.open("a") as file:
            file.write(json.dumps({"message": "two\u2028parts"}, ensure_ascii=False) + "\n")
        log.replace(log.with_name("orders.log.1"))
        log.write_text("INFO: anew\n")
        found = [json.loads(process.stdout.readline())["message"] for _ in range(2)]
        process.send_signal(signal.SIGINT)
    assert found == ["two\u2028parts", "INFO: anew"]


def test_the_earlier_runs_are_shown_while_nothing_runs(folder):
    (folder / ".stead" / "runs").mkdir(mode=0o700)
    RunFile(folder / ".stead" / "runs" / "20260101T000000.sqlite", Limits()).close()
    command = [sys.executable, "-P", "-m", "stead", "open", "--print", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        link = process.stdout.readline().strip()
        assert "nothing runs here" in process.stdout.readline()
        token = link.partition("token=")[2]
        headers = {"authorization": f"Bearer {token}"}
        runs = httpx2.get(f"{link.partition('/?')[0]}/api/runs", headers=headers, timeout=10).json()["runs"]
        assert [(run["name"], run["live"]) for run in runs] == [("20260101T000000", False)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (0, 130)


def test_nothing_has_run_here(tmp_path):
    (tmp_path / "backend.py").write_text("from stead import Backend\nbackend = Backend('shop')\n")
    for words in (("trace",), ("trace", "abcd1234")):
        done = stead(*words, folder=tmp_path)
        assert (done.returncode, "nothing has run" in done.stderr) == (1, True)
    for words in (("open",), ("top",)):
        done = stead(*words, folder=tmp_path)
        assert (done.returncode, "nothing runs here" in done.stderr) == (1, True)
