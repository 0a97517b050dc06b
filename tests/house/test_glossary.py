"""The glossary has every public name, every command and every folder, and nothing that does not exist."""

import re
from pathlib import Path

import stead
from stead.cli import COMMANDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/glossary.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def column(section, number):
    rows = [row.split("|") for row in SECTIONS[section].splitlines() if row.startswith("| ")][1:]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row[number])}


def test_every_public_name_is_a_term():
    assert column("A description", 3) == set(stead.__all__)


def test_every_command_is_a_term():
    assert column("Commands", 3) == {name for commands in COMMANDS.values() for name in commands}


def test_every_folder_of_the_code_is_a_term():
    folders = {file.parent.name for file in (ROOT / "src/stead").glob("*/__init__.py")}
    assert column("The code", 3) == folders


def test_a_term_has_one_meaning_of_one_or_two_lines():
    for section in SECTIONS.values():
        rows = [row.split("|") for row in section.splitlines() if row.startswith("| ")][1:]
        assert len({row[1] for row in rows}) == len(rows)
        assert all(0 < len(row[2].strip()) <= 240 for row in rows)
