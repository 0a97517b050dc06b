"""A repository that means harm, or is merely strange, costs neither the run nor the other findings.

Each defect stands beside an honest one, a dead link, which must still be found; and all of it ends soon. The bounds on
time are far above what it takes and far below what it would take without a limit.
"""

import random
import time
from itertools import pairwise

import pytest

from check.rule_run import git
from stead.check import tree
from stead.check.context import Context
from stead.check.engine import check
from stead.check.facts import facts_of
from stead.check.registry import rules
from stead.check.sandbox import described
from stead.check.tree import Tree

FAST = rules(costs=("fast",))
BACKEND = "from stead import Backend\n\nbackend = Backend('shop', services=[])\n"
SOON = 20.0  # seconds; each takes less than two on a machine with nothing else to do
MEGA = 1_000_000


def told(root):
    """Hold a folder against all fast rules; return what was found, and the notes."""
    began = time.monotonic()
    file, backend, problems = described(root)
    result = check(Context(file, Tree(root), backend, problems=problems), FAST)
    assert time.monotonic() - began < SOON
    assert result.broken == ()
    codes = {finding.code for finding in result.findings} | {problem.code for problem in problems}
    assert "PATH010" in codes, "the honest finding is gone"
    return codes - {"PATH010"}, result.notes


@pytest.fixture
def root(tmp_path):
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "README.md").write_text("[gone](gone.md)\n")
    return tmp_path.resolve()


def test_an_honest_repository_has_the_honest_finding_alone(root):
    assert told(root) == (set(), ())


@pytest.mark.parametrize("name", ["dump.sql", "values.yaml", "app.py", "README.de.md", "run.sh", "package-lock.json"])
def test_a_file_of_100_mb_is_not_read_and_that_is_said(root, name):
    with (root / name).open("wb") as file:
        file.truncate(100 * MEGA)
    codes, notes = told(root)
    assert codes == {"FILE022"}
    assert [note for note in notes if name in note and "100,000,000" in note]


@pytest.mark.parametrize("versioned", [False, True])
def test_links_in_a_circle_are_not_followed(root, versioned):
    (root / "round").symlink_to("round")
    (root / "folder").mkdir()
    (root / "folder" / "up").symlink_to("..")
    if versioned:
        git(root, "init", "-q")
        git(root, "add", "-A")
    assert told(root) == ({"PATH019"}, ())


def test_what_is_no_file_is_not_opened(root):
    import os

    os.mkfifo(root / "pipe.py")
    assert told(root) == (set(), ())


def test_very_many_files_are_neither_all_held_nor_all_read(root, monkeypatch):
    monkeypatch.setattr(tree, "CACHE_BYTES", 100_000)
    monkeypatch.setattr(tree, "ENOUGH", 300_000)
    for number in range(50):
        (root / f"list-{number}.txt").write_text("a\n" * 5_000)
    looked = Tree(root)
    texts = [looked.text(path) for path in looked.files]
    assert 10 < len([text for text in texts if text is None]) < 30
    assert all("300,000 bytes" in note for note in looked.notes)
    assert len(looked.notes) == len([text for text in texts if text is None])


def test_nul_bytes_are_told(root):
    (root / "app.py").write_bytes(b"a = 1\n\0")
    (root / "compose.yaml").write_bytes(b"services:\n\0")
    assert told(root) == ({"FILE023"}, ())


def test_a_bomb_does_not_go_off(root):
    names = "abcdefghijklmnopqrstuvwxyz"
    lines = [f"{names[0]}: &{names[0]} [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)]
    (root / "compose.yaml").write_text("\n".join(lines))
    assert told(root) == ({"FILE012"}, ())


def test_a_mapping_that_holds_itself_is_walked_once(root):
    (root / "compose.yaml").write_text(
        "services: &a\n  db: &b\n    image: x\n    <<: *b\n    environment: *a\n    deep: *b\n"
    )
    (root / "list.yaml").write_text("a: &a\n  - *a\n  - {b: *a}\n")
    (root / "app.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nspec: &a\n  containers: [*a]\n  spec: *a\n  other: [*a, *a]\n"
    )
    codes, _ = told(root)
    assert codes <= {"IMAGE010", "COMPOSE058"}


DEEP = {
    "list.yaml": "[" * 10_000,
    "closed.yaml": "[" * 10_000 + "]" * 10_000,
    "dashes.yaml": "- " * 10_000,
    "braces.yaml": "{a: " * 10_000,
    "questions.yaml": "? " * 10_000,
    "Chart.yaml": "- " * 10_000,
    ".sops.yaml": "[" * 10_000,
    "main.tf": "a = " + "[" * 10_000,
    "list.json": "[" * 100_000,
    "list.toml": "a = " + "[" * 10_000,
    "app.py": "a = " + "(" * 10_000,
    "minus.py": "a = " + "-" * 100_000 + "1",
    "main.js": "[" * 100_000,
    "page.md": "[" * 100_000 + "](" * 10_000,
    "quotes.md": "> " * 50_000,
    "run.sh": "$(" * 50_000,
    "Makefile": "a := " + "$(" * 50_000,
    "paths.mk": "a := " + "$(dir " * 5_000 + "x" + ")" * 5_000,
    "Dockerfile": "FROM " + "${" * 50_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_ends(root, name):
    (root / name).write_text(DEEP[name])
    codes, _ = told(root)
    assert codes <= {"FILE010", "FILE013", "FILE014", "FILE024", "IMAGE010", "IMAGE012"}


LONG = {
    "a": "a",
    "space": " ",
    "digits": "1234567890",
    "path": "./a/",
    "brackets": "[a](b)",
    "open": "[a](",
    "reference": "[a][b]",
    "tag": "<a href='",
    "comment": "<!--",
    "ticks": "`` ` ",
    "quotes": '"a\\" ',
    "dollar": "$(a ${b} ",
    "key": "token=",
    "password": "password: 'a1b2c3d4",
    "web": "eyJhbGciOiJIUzI1NiJ9.",
    "bot": "1234509876:",
    "amazon": "aws key '",
    "url": "https://a:b",
    "at": "a://b:c@",
    "flag": "--password=",
    "merge": "<<<<<<< ",
    "star": "/*",
    "variable": "A=$A",
    "colon": "a: b: ",
    "silence": "stead: ignore[",
    "deploy": "wrangler deploy ",
}
ENDINGS = (".md", ".yaml", ".json", ".toml", ".py", ".js", ".sh", ".mk", ".env", ".txt", ".properties")


@pytest.mark.parametrize("word", LONG)
def test_a_line_of_a_megabyte_takes_no_time(root, word):
    """Each kind of file has one, and one of many such lines; no reader looks at a place again and again."""
    text = LONG[word] * (MEGA // len(LONG[word]))
    for ending in ENDINGS:
        began = time.monotonic()
        facts_of(root / f"long{ending}", text)
        assert time.monotonic() - began < SOON, ending


@pytest.mark.parametrize("word", LONG)
def test_many_strange_lines_take_no_time(root, word):
    text = (LONG[word] * (2_000 // len(LONG[word])) + "\n") * 50
    for ending in ENDINGS:
        began = time.monotonic()
        facts_of(root / f"long{ending}", text)
        assert time.monotonic() - began < SOON, ending


def test_no_text_makes_a_reader_raise(root):
    """Pieces of every language, thrown together; readers say what they find, and never raise."""
    chance = random.Random(4)
    names = ("a.md", "a.yaml", "compose.yaml", "a.json", "package.json", "a.toml", "a.sh", "Makefile", "Dockerfile",
             "a.py", ".env", "action.yml", ".github/workflows/a.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml",
             "dependabot.yml")  # fmt: skip
    pieces = (*LONG.values(), "services:", "jobs:", "on:", "steps:", "run: |", "image:", "env:", "build:", "- ", "  ",
              "\n", "\n\n", "\t", "\r\n", "FROM ", "COPY ", "ARG ", "ENV ", "include ", "cd ", "&a ", "*a ", "<<: ",
              "{", "}", "\ufeff", "#!", "\\", "é", "\u2028", "uses: ", "apiVersion: v1\nkind: Secret\ndata:",
              "repos:", "- repo: local", "updates:", "scripts", "null", "1", "[]", "{}")  # fmt: skip
    for number in range(3_000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 40)))
        facts_of(root / names[number % len(names)], text)


HOSTILE = {
    "raise ValueError('no')": "BACKEND002",
    "raise SystemExit(3)": "BACKEND002",
    "import sys; sys.exit()": "BACKEND002",
    "while True: pass": "BACKEND004",
    "print('a' * 10_000_000)": "BACKEND003",
    "import os; os.system('echo printed')": "BACKEND003",
    "def a(): a()\na()": "BACKEND002",
    "backend = 3": "BACKEND003",
    "(": "BACKEND002",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_description_costs_no_other_finding(root, text, capfd):
    (root / "backend.py").write_text(f"{text}\n")
    codes, _ = told(root)
    assert HOSTILE[text] in codes
    assert capfd.readouterr().out == ""


def test_a_secret_is_never_printed(root):
    value = "q8Zx2Lk9v" + "Tr4Wm7Ys1Np"
    (root / "app.py").write_text(f'SIGNING_KEY = "{value}"\n')
    (root / "compose.yaml").write_text(
        f"services:\n  db:\n    environment:\n      DB_PASSWORD: {value}\n    image: a\n"
    )
    (root / "Makefile").write_text(f"up:\n\ttool --password {value}\n")
    result = check(Context(root / "backend.py", Tree(root), None), FAST)
    assert {"SECRET013", "SECRET014", "SECRET018"} <= {finding.code for finding in result.findings}
    assert value not in repr(result)
