"""Examples of a rule for its page: what is wrong, and the same when it is right, from the trees that its tests use."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from stead.check.tree import PASSED_OVER

CASES = Path("tests") / "check" / "cases"
EARLIER = ".before"
ABOUT = frozenset({".git-init", EARLIER, ".live.json", "expected.txt"})  # what a tree says to its test
MARK = re.compile(r"[ \t]*(?:<!--|//|/\*|--|#(?!!))?[ \t]*#! (?:[A-Z]+\d{3} ?)+(?:-->|\*/)?")
HERE = "  ← here"
MOST = 3  # files of a tree that an example shows
AROUND = 8  # lines that are shown before and after a mark in a long file
LONG = 45
LANGUAGES = {".py": "python", ".yml": "yaml", ".yaml": "yaml", ".md": "markdown", ".sh": "sh", ".json": "json"}
LANGUAGES |= {".js": "js", ".ts": "ts", ".go": "go", ".java": "java", ".toml": "toml", ".tf": "hcl"}


def examples(folder: Path) -> list[str]:
    """Return the parts of a page that show a rule; none where its cases are not at hand."""
    bad, good = _first(folder, "bad"), _first(folder, "good")
    if not bad or not good:
        return []
    wrong, right = _texts(bad), _texts(good)
    pointed = _pointed(bad)
    names = sorted(pointed, key=lambda name: (name not in wrong, name))
    changed = [name for name in wrong if name not in pointed and right.get(name) != wrong[name]]
    shown = [name for name in (*names, *changed) if name in wrong][:MOST]
    again = [name for name in (*shown, *(set(right) - set(wrong))) if name in right and right[name] != wrong.get(name)]
    parts = [
        "## Wrong",
        *_absent(names, wrong),
        *(_block(name, _marked(wrong[name], pointed.get(name, ()))) for name in shown),
        *_before(bad, wrong),
    ]
    return [
        *parts,
        "## Right",
        *(_block(name, _fixed(right[name], wrong.get(name, ""))) for name in sorted(again)[:MOST]),
        *_before(good, right),
    ]


def _before(tree: Path, now: dict[str, str]) -> Iterator[str]:
    """Yield what an earlier commit of a tree had, where it is another."""
    earlier = _texts(tree / EARLIER) if (tree / EARLIER).is_dir() else {}
    for name in [name for name, text in earlier.items() if now.get(name) != text][:MOST]:
        yield _block(name, earlier[name], " in an earlier commit")


def _first(folder: Path, kind: str) -> Path | None:
    return next(iter(sorted(folder.glob(f"{kind}*"))), None)


def _texts(tree: Path) -> dict[str, str]:
    """Return the texts of a tree by their paths, in order, without what is not text and what running it left there."""
    found: dict[str, str] = {}
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree)
        passed_over = name.parts[0] in ABOUT or PASSED_OVER & set(name.parts)
        if path.is_file() and not path.is_symlink() and not passed_over:
            content = path.read_bytes()
            if b"\0" not in content and len(content) < 100_000:
                found[name.as_posix()] = content.decode(errors="replace").replace("\r", "␍")
    return found


def _pointed(tree: Path) -> dict[str, tuple[int, ...]]:
    """Return the lines at which a tree wants its findings, by file."""
    found: dict[str, list[int]] = {}
    for name, text in _texts(tree).items():
        numbers = [number for number, line in enumerate(text.split("\n"), start=1) if MARK.search(line)]
        if numbers:
            found[name] = numbers
    expected = tree / "expected.txt"
    for line in expected.read_text().splitlines() if expected.exists() else ():
        name, _, number = line.rsplit(" ", 1)[0].partition(":")
        found.setdefault(name, []).append(int(number or 0))
    return {name: tuple(numbers) for name, numbers in found.items()}


def _absent(names: list[str], texts: dict[str, str]) -> Iterator[str]:
    for name in names:
        if name not in texts:
            yield f"`{name}`"


def _marked(text: str, numbers: tuple[int, ...]) -> str:
    """Return a text with an arrow where the finding stands; of a long one only what is around it."""
    lines = [MARK.sub("", line) for line in text.rstrip("\n").split("\n")]
    for number in (number for number in numbers if 0 < number <= len(lines)):
        lines[number - 1] += HERE
    if len(lines) <= LONG or not any(numbers):
        return "\n".join(lines[:LONG])
    first = max(0, min(numbers) - 1 - AROUND)
    return "\n".join(lines[first : max(numbers) + AROUND])


def _fixed(text: str, wrong: str) -> str:
    """Return a text that is right; of a long one only what is around its differences from the wrong one."""
    lines, others = text.rstrip("\n").split("\n"), [MARK.sub("", line) for line in wrong.rstrip("\n").split("\n")]
    matched = SequenceMatcher(None, others, lines, autojunk=False) if wrong and len(lines) > LONG else None
    changes = [each for each in matched.get_opcodes() if each[0] != "equal"] if matched else []
    if not changes:
        return text
    first, last = min(start for *_, start, _ in changes), max(end for *_, end in changes)
    return "\n".join(lines[max(0, first - AROUND) : last + AROUND])


def _block(name: str, text: str, when: str = "") -> str:
    path = Path(name)
    language = "dockerfile" if "Dockerfile" in path.name else LANGUAGES.get(path.suffix, "")
    language = "make" if path.name == "Makefile" else language
    fence = "````" if "```" in text else "```"
    body = "\n".join(text.rstrip("\n").split("\n")[:LONG])
    return f"`{name}`{when}\n\n{fence}{language}\n{body}\n{fence}"
