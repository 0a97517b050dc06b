"""What is shown of the last lines of a process that failed: why, and not the way there."""

import pytest

from stead.cli.log_format import cause
from stead.run.log_file import without_frames

NODE = """node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module 'express'
Require stack:
- /shop/src/index.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/shop/src/index.js' ]
}

Node.js v20.20.2"""
JAVA = """starting
Exception in thread "main" java.lang.IllegalStateException: no ledger
\tat com.example.Main.main(Main.java:7)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect(Net.java:1)"""
PYTHON = """Traceback (most recent call last):
  File "app.py", line 1, in <module>
    import flask
ModuleNotFoundError: No module named 'flask'"""
OTHER = "one\ntwo\nthree\nfour\nfive\nsix"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (NODE, "Error: Cannot find module 'express'"),
        (JAVA, "Caused by: java.net.ConnectException: Connection refused"),
        (PYTHON, "ModuleNotFoundError: No module named 'flask'"),
        (OTHER, "six"),
    ],
    ids=["node", "java", "python", "other"],
)
def test_the_error_is_among_the_few_lines_that_are_shown(written, shown):
    lines = cause(without_frames(written.splitlines()), 5)
    assert shown in lines
    assert len(lines) == min(5, len(without_frames(written.splitlines())))
    assert not [line for line in lines if line.lstrip().startswith("at ")]


def test_a_log_of_frames_alone_is_kept():
    assert without_frames(["   at a (b.js:1)", ""]) == ["   at a (b.js:1)"]
