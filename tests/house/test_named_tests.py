"""Tests that a document names by file and function exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUGS = range(1, 21)
CRITERIA = {3: 2, 4: 4, 5: 3, 6: 2, 10: 3, 11: 3, 13: 2, 14: 2, 15: 2, 20: 2}  # how many each task has
REQUIREMENTS = {"archpad": 22, "tigrit": 21, "rewards": 21}  # how many each description has


def test_every_test_that_a_document_names_exists():
    pages = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("backends/*/README.md")]
    named = {each for page in pages for each in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text())}
    missing = [(file, name) for file, name in named if f"def {name}(" not in (ROOT / file).read_text()]
    assert missing == []


def test_each_of_the_twenty_public_bugs_has_a_test():
    rows = re.findall(
        r"^\| (\d+) \|.*`tests/[\w/]+\.py::test_\w+`.*\|$", (ROOT / "docs/aquastream.md").read_text(), re.MULTILINE
    )
    assert [int(row) for row in rows] == list(BUGS)


def test_each_criterion_of_a_task_has_a_row_of_its_own_that_names_a_test():
    rows = re.findall(
        r"^\| (\d+\.\d+) \| [^|]+ \| [^|]+ \| `tests/[\w/]+\.py::test_\w+`.* \|$",
        (ROOT / "docs/aquastream.md").read_text(),
        re.MULTILINE,
    )
    assert rows == [f"{task}.{number}" for task, count in CRITERIA.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("backend", REQUIREMENTS)
def test_each_requirement_says_what_keeps_it_and_names_a_test(backend):
    """What is not kept, or in part, is said in its row; the test is of what there is instead."""
    rows = re.findall(
        r"^\| (\d+) \| [^|]+ \| [^|]+ \| `tests/[\w/]+\.py::test_\w+`.* \|$",
        (ROOT / f"docs/{backend}.md").read_text(),
        re.MULTILINE,
    )
    assert [int(row) for row in rows] == list(range(1, REQUIREMENTS[backend] + 1))
