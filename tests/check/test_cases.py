"""Every rule, shown on small trees: `cases/CODE/bad…` has exactly the findings that it marks, `cases/CODE/good…` none.

A line where a finding must stand ends in a comment `#! CODE`, whatever a comment looks like there; a file without
comments is spoken for by `expected.txt` at the top of the tree, with lines `path:line CODE` (`path CODE` for a finding
that stands on no line). Next to a rule's own findings, a tree must be clean under all fast rules.

What else a tree may have at its top, and what is not part of it:
    .git-init    the tree is in a git repository, all tracked but `.git-init`'s own lines (shell patterns)
    .before/     what was committed earlier, over the tree as it is: rules are given that revision to compare with
    .grown       lines `path bytes`: files that are made that large
    .live.json   {"version": …, "answers": {service: {path: [status, body]}}}: a backend that runs
"""

import json
import re
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from check.rule_run import answering, git, held, told
from stead.check.registry import FAMILIES, rules

CASES = Path(__file__).parent / "cases"
COSTS = ("fast", "slow", "live", "history")
EVERY = rules(costs=COSTS)
FAST = rules(costs=("fast",))
DELIVERY = ("GITOPS", "HELM", "SOPS", "TERRAFORM")
MARK = re.compile(r"#! ((?:[A-Z]+\d{3} ?)+)")
ABOUT = (".git-init", ".before", ".grown", ".live.json", "expected.txt")


def trees(rule, kind):
    return sorted((CASES / rule.code).glob(f"{kind}*"))


def shown(kind):
    return [pytest.param(rule, tree, id=f"{rule.code}-{tree.name}") for rule in EVERY for tree in trees(rule, kind)]


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_every_rule_is_shown(kind):
    assert [rule.code for rule in EVERY if not trees(rule, kind)] == [], f"tests/check/cases/CODE/{kind} is missing"


def test_every_case_has_a_rule():
    assert {folder.name for folder in CASES.iterdir()} <= {rule.code for rule in EVERY}


def test_the_formats_of_delivery_are_shown_with_more_kinds_of_defects_than_rules():
    marks = [mark for rule in rules(DELIVERY, costs=COSTS) for tree in trees(rule, "bad") for mark in marked(tree)]
    assert len(marks) >= 70


def test_a_rule_is_of_its_family_and_has_a_page():
    assert [rule.code for rule in EVERY if re.sub(r"\d", "", rule.code) not in FAMILIES] == []
    assert [rule.code for rule in EVERY if not rule.title] == []
    bare = [rule.code for rule in EVERY if len(rule.page.splitlines()) < 3]
    assert bare == [], "these pages say no more than their titles"


def test_codes_are_given_once():
    assert len({rule.code for rule in EVERY}) == len(EVERY)


@pytest.mark.parametrize(("rule", "tree"), shown("bad"))
def test_it_finds_what_is_marked_and_no_more(rule, tree, tmp_path):
    findings = found(rule, tree, tmp_path)
    assert told(findings, tmp_path) == sorted(marked(tree)), findings
    assert marked(tree), "nothing is marked"
    assert all(finding.code == rule.code for finding in findings)
    assert all(finding.problem.mend for finding in findings)
    assert not [finding for finding in findings if finding.problem.message.endswith(".")]


@pytest.mark.parametrize(("rule", "tree"), shown("good"))
def test_it_stays_quiet(rule, tree, tmp_path):
    assert marked(tree) == []
    assert found(rule, tree, tmp_path) == ()


def found(rule, tree, root):
    """Copy a tree, and hold it against all fast rules and this one."""
    shutil.copytree(
        tree, root, symlinks=True, dirs_exist_ok=True, ignore=lambda folder, _: ABOUT if Path(folder) == tree else ()
    )
    grow(tree / ".grown", root)
    live = tree / ".live.json"
    told_live = json.loads(live.read_text()) if live.exists() else {"answers": {}, "version": ""}
    with ExitStack() as stack:
        urls = stack.enter_context(answering(told_live["answers"]))
        given = {"against": repository(tree, root), "urls": urls, "version": told_live["version"]}
        return held(root, list(dict.fromkeys([*FAST, rule])), **given)


def grow(told, root):
    """Make files as large as they are told to be, without writing all that."""
    for line in told.read_text().splitlines() if told.exists() else ():
        name, size = line.split()
        with (root / name).open("wb") as file:
            file.truncate(int(size))


def repository(tree, root):
    """Make the git repository that a tree asks for; return the earlier revision, where there is one."""
    ignored, before = tree / ".git-init", tree / ".before"
    if not ignored.exists() and not before.exists():
        return ""
    git(root, "init", "-q", "-b", "main")
    earlier = _commit_earlier(tree, before, root) if before.exists() else ""
    git(root, "add", "-A", "-f")
    for pattern in ignored.read_text().split() if ignored.exists() else ():
        git(root, "rm", "-q", "--cached", "--", pattern)
    git(root, "commit", "-q", "--allow-empty", "-m", "now")
    return earlier


def _commit_earlier(tree, before, root):
    shutil.copytree(before, root, dirs_exist_ok=True)
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "before")
    for path in (path for path in before.rglob("*") if path.is_file()):
        name = path.relative_to(before)
        (root / name).unlink()
        if (tree / name).exists():
            shutil.copy2(tree / name, root / name)
    return git(root, "rev-parse", "HEAD")


def marked(tree):
    """Return what a tree says must be found: `(path, line, code)`."""
    expected = tree / "expected.txt"
    found = [_expected(line) for line in expected.read_text().splitlines()] if expected.exists() else []
    for path in (path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(tree)
        if name.parts[0] not in ABOUT:
            found += _marks(name.as_posix(), path.read_bytes().decode(errors="replace"))
    return sorted(found)


def _expected(line):
    place, code = line.rsplit(" ", 1)
    path, _, number = place.partition(":")
    return path, int(number or 0), code


def _marks(name, text):
    for number, line in enumerate(text.splitlines(), start=1):
        for match in MARK.finditer(line):
            yield from ((name, number, code) for code in match[1].split())
