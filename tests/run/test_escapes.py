"""What a process, a file or an error says reaches a terminal as text: it sets no title, clipboard or colour."""

import os
import pty
import select
import subprocess
import sys
import time

import pytest

from stead.model.printable import printable

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b5A\x08\x08"
SEQUENCES = (b"\x1b]52", b"\x1b]0;", b"\x1b[2J", b"\x9b", b"\xc2\x9b", b"\x07", b"\x1b[31mred")


@pytest.fixture
def hostile(tiny):
    """A backend of which one process fails with escape sequences as its last words, and one lives on saying them."""
    (tiny.folder / "bad.py").write_text(f"print({HOSTILE!r} + ' said', flush=True)\nraise SystemExit(3)\n")
    tiny.describe('plain, Service("bad", command="python bad.py")')
    return tiny


def shown(words, until, seconds=30.0):
    """Run a command on a terminal until it has shown a text, then interrupt it; return all that it wrote there."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "60"}
    command = [sys.executable, "-P", "-m", "stead", *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, start_new_session=True)
    os.close(theirs)
    output, end = b"", time.monotonic() + seconds
    try:
        while time.monotonic() < end and until not in output:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    output += os.read(ours, 65536)
                except OSError:  # the other side has closed it
                    break
        process.terminate()
        while True:
            try:
                output += os.read(ours, 65536)
            except OSError:
                return output
    finally:
        process.wait(timeout=15)
        os.close(ours)


def leaked(output):
    return [sequence for sequence in SEQUENCES if sequence in output]


def test_the_live_screen_the_logs_and_the_last_words_show_no_escape_sequence(hostile):
    screen = shown(["up", str(hostile.folder), "--port", "0"], b"last lines of bad")
    assert b"last lines of bad" in screen
    assert b"red" in screen
    assert leaked(screen) == []
    for words in (["logs"], ["logs", "--raw"], ["logs", "bad", "-n", "5"]):
        log = shown([*words, str(hostile.folder)], b"never", seconds=10)
        assert b"red" in log
        assert leaked(log) == []


def test_the_plain_lines_of_up_show_no_escape_sequence(hostile):
    said, _ = hostile.start("--wait").communicate(timeout=40)
    assert "said" in said
    assert leaked(said.encode()) == []


def test_an_error_of_a_description_shows_no_escape_sequence(tiny):
    (tiny.folder / "backend.py").write_text(f"raise ValueError({HOSTILE!r})\n")
    for words in (("check",), ("up",), ("graph",)):
        said = tiny.stead(*words, str(tiny.folder))
        assert "ValueError" in said.stdout + said.stderr
        assert leaked((said.stdout + said.stderr).encode()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\tb\nc é 漢", "a\tb\nc é 漢"), ("\x1b[1;32mgreen\x1b[0m", "green"), ("50%\r100%", "50%·100%"), (HOSTILE, None)],
)
def test_text_of_others_is_made_printable(text, expected):
    assert expected is None or printable(text) == expected
    assert leaked(printable(text).encode()) == []
