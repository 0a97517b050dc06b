"""What the documents name exists: files, commands, settings, pictures."""

import re
from pathlib import Path

import stead
from stead.cli import COMMANDS
from stead.render.graph import FORMATS

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "backends", "docs", "tests", "benchmarks")
# Of backends that are made up, with what is wrong in them.
OTHERS = (ROOT / "tests/check", ROOT / "tests/adopt", ROOT / "docs/checks")
FOUND = sorted([*ROOT.glob("*.md"), *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.md"))])
DOCUMENTS = [file for file in FOUND if not any(other in file.parents for other in OTHERS)]
NAMES = {name for commands in COMMANDS.values() for name in commands}


def wrong(found_in):
    """Return what is found wrong in the text of each document, by its name."""
    found = {str(file.relative_to(ROOT)): found_in(file, file.read_text()) for file in DOCUMENTS}
    return {name: each for name, each in found.items() if each}


def test_links_lead_somewhere():
    def lost(document, text):
        links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        inner = [link for link in links if not re.match(r"[a-z]+:", link)]
        return [link for link in inner if not (document.parent / link).exists()]

    assert wrong(lost) == {}


def test_commands_exist():
    def unknown(_, text):
        return set(re.findall(r"(?:`|^\s*)stead ([a-z][a-z0-9]*)", text, re.MULTILINE)) - NAMES

    assert wrong(unknown) == {}


def test_make_targets_exist():
    makefiles = [ROOT / "Makefile", *ROOT.glob("backends/*/deploy/make/stead.mk")]
    targets = {name for file in makefiles for name in re.findall(r"^([a-z-]+):", file.read_text(), re.MULTILINE)}

    def unknown(_, text):
        return set(re.findall(r"(?:`|^\s*)make ([a-z][a-z-]*)", text, re.MULTILINE)) - targets

    assert wrong(unknown) == {}


def test_files_that_are_named_exist():
    def missing(_, text):
        named = re.findall(r"`((?:src|tests|docs|backends|benchmarks)/[\w./-]+)`", text)
        return [name for name in named if not (ROOT / name).exists()]

    assert wrong(missing) == {}


def test_pictures_are_of_today():
    """`<!-- graph: FOLDER -->` stands before a picture that `stead graph FOLDER` draws."""

    def stale(_, text):
        shown = re.findall(r"<!-- graph: (\S+) -->\n+```mermaid\n(.*?)```", text, re.DOTALL)
        drawn = [(folder, picture, FORMATS["mermaid"](stead.load(ROOT / folder))) for folder, picture in shown]
        return [f"run: stead graph {folder}" for folder, picture, today in drawn if picture != today]

    assert wrong(stale) == {}


def test_every_decision_is_listed():
    listed = (ROOT / "docs/decisions/README.md").read_text()
    pages = sorted(file.name for file in (ROOT / "docs/decisions").glob("0*.md"))
    assert [page for page in pages if f"({page})" not in listed] == []


def test_the_readme_shows_the_real_description():
    shown = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    real = (ROOT / "backends/rewards/backend.py").read_text()
    for line in shown.splitlines():
        assert line in real or line.startswith("from stead import"), line


def test_the_russian_readme_is_in_step():
    """The same headings' count, the same blocks of code, the same links."""
    english, russian = (ROOT / name for name in ("README.md", "README.ru.md"))
    for pattern in (r"^```(\w+)$", r"```python\n(.*?)```", r"```text\n(.*?)```", r"\]\(([^)]+/[^)]+)\)"):
        found = [re.findall(pattern, file.read_text(), re.MULTILINE | re.DOTALL) for file in (english, russian)]
        assert found[0] == found[1]
    assert len(re.findall(r"^## ", english.read_text(), re.MULTILINE)) == len(
        re.findall(r"^## ", russian.read_text(), re.MULTILINE)
    )
