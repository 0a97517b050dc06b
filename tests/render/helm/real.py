"""The real Helm: the program on PATH, or the library of the wheel `helm-python-sdk`, in a process of its own."""

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest
import yaml

LIBRARY = """
import json, sys, yaml, helm_python as helm
chart, values = sys.argv[1], yaml.safe_load(open(sys.argv[2])) or {}
try:
    with helm.Chart.load(chart) as loaded:
        found = loaded.render(values, name="x")
except helm.HelmError as error:
    sys.exit(str(error))
report = helm.lint(chart, values, strict=True)
texts = [text for path, text in found.items() if path.endswith(".yaml")]
json.dump({"texts": texts, "lint": report}, sys.stdout)
"""


def render(chart, values):
    """Return the status of Helm, what it says of an error, and the objects; it lints strictly on the way."""
    program = shutil.which("helm")
    if program:
        return _by_program(program, chart, values)
    if importlib.util.find_spec("helm_python") is None:
        pytest.skip("no helm on PATH, and the wheel helm-python-sdk is not installed: uv sync --group delivery")
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY, chart, values], capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        return done.returncode, done.stderr, []
    found = json.loads(done.stdout)
    assert not _findings(found["lint"]), found["lint"]
    return 0, "", [tree for text in found["texts"] for tree in yaml.safe_load_all(text) if isinstance(tree, dict)]


def _findings(report):
    messages = report.get("messages") or []
    return [each for each in messages if "icon is recommended" not in json.dumps(each)]


def _by_program(program, chart, values):
    words = [program, "template", "x", chart, "-f", values, "--kube-version", "1.34.0"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        return done.returncode, done.stderr, []
    lint = subprocess.run(
        [program, "lint", "--strict", chart, "-f", values], capture_output=True, text=True, check=False, timeout=60
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
    return 0, "", [tree for tree in yaml.safe_load_all(done.stdout) if tree]
