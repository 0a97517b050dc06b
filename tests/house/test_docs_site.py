"""The docs site builds strictly: every link and anchor exists, it can be searched, nothing comes from outside."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
needs_mkdocs = pytest.mark.skipif(find_spec("mkdocs") is None, reason="the docs group is not installed: run make docs")
FOREIGN = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//")


def build(folder, deployment):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(folder / "mkdocs.yml")]
    environ = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run([*command, "-d", str(deployment)], capture_output=True, text=True, env=environ, timeout=240)


@needs_mkdocs
def test_the_site_builds_is_searchable_and_loads_nothing_from_outside(tmp_path):
    built = build(ROOT, tmp_path)
    assert built.returncode == 0, built.stderr
    found = json.loads((tmp_path / "search/search_index.json").read_text())["docs"]
    assert any(entry["location"].startswith("reference/service.html") for entry in found)
    assert [page.name for page in tmp_path.rglob("*.html") if FOREIGN.search(page.read_text())] == []


@needs_mkdocs
@pytest.mark.parametrize("link", ["missing.md", "index.md#missing"])
def test_a_link_to_nowhere_fails_the_build(tmp_path, link):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(f"# One\n\n[two]({link})\n")
    settings = (ROOT / "mkdocs.yml").read_text().partition("not_in_nav:")[0]
    (tmp_path / "mkdocs.yml").write_text(settings)
    built = build(tmp_path, tmp_path / "site")
    assert built.returncode != 0
    assert "missing" in built.stderr


def test_continuous_integration_builds_the_site():
    assert "make docs" in (ROOT / ".ci/run").read_text()
