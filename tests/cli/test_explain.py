"""`stead explain`: the page of a rule, the list of rules, and what is near an unknown code."""

import os
import pty
import subprocess
import sys

from cli.command import stead
from stead.check.pages import EVERY, PAGES
from stead.check.registry import rules


def test_a_page_is_plain_when_piped(tmp_path):
    done = stead("explain", "name001", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (PAGES / "NAME001.md").read_text()


def test_a_page_is_drawn_on_a_terminal(tmp_path):
    main, inner = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-P", "-m", "stead", "explain", "NAME001"]
    subprocess.run(command, cwd=tmp_path, stdout=inner, env=environ, check=True, timeout=30)
    os.close(inner)
    said = os.read(main, 65536).decode()
    os.close(main)
    assert "NAME001" in said
    assert "\x1b[" in said
    assert "```" not in said


def test_a_family_or_nothing_is_a_list(tmp_path):
    said = stead("explain", "call", folder=tmp_path).stdout
    assert [line.split()[0] for line in said.splitlines() if line.startswith("CALL")] == [
        rule.code for rule in rules(["CALL"], costs=EVERY)
    ]
    everything = stead("explain", folder=tmp_path).stdout
    assert all(rule.code in everything for rule in rules(costs=EVERY))


def test_an_unknown_code_has_near_ones(tmp_path):
    done = stead("explain", "NAME01", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean NAME001" in done.stderr
