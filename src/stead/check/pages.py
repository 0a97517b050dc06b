"""The pages of docs/checks: one a rule, and an index, made from the rules and from their cases.

    python -m stead.check.pages           write them
    python -m stead.check.pages --check   compare, and name what is out of date

The examples are the trees that show a rule in the tests, so that no example can be wrong.
"""

import sys
from itertools import groupby
from pathlib import Path

from stead.check.example import CASES, examples
from stead.check.registry import family_name, rules
from stead.check.rule import Cost, Rule

REPOSITORY = Path(__file__).parents[3]
PAGES = REPOSITORY / "docs" / "checks"
PACKED = Path(__file__).parent / "explained"  # where a wheel has the same pages
EVERY: tuple[Cost, ...] = ("fast", "slow", "live", "history")
ASKED: dict[Cost, str] = {
    "fast": "always, also before a commit",
    "slow": "always, but not before a commit",
    "live": "with `--live`",
    "history": "with `--history`",
}
INTRODUCTION = """# The rules of `stead check`

All rules, by family. `stead explain CODE` prints a rule's page on a terminal.

A comment on the finding's line or on the line before, with a reason, silences a finding. In Markdown and HTML the
comment is `<!-- … -->`; for a file without comments, write it on the service's line in `backend.py`:

```python
REGION = os.environ["REGION"]  # stead: ignore[SETTING010] the machine it runs on sets this
```

`stead check --show-silenced` lists the silenced findings with their reasons.

On a repository that has findings already, `stead check --baseline check-baseline.json` writes them to a file, which you
commit; later checks report only findings that are not in the file. A check removes fixed findings from the file, and
adds none; the file has no line numbers, so an edit above a finding changes nothing. In continuous integration (where
`CI` is set) the file must exist. `stead check --new main` needs no file: it also checks that revision, in a temporary
folder, and reports only newer findings.

With `--strict` the check also reports findings that are less certain, and rules that few repositories follow; so does
the selection of a rule by its full code: `--select IMAGE011`.

The exit status is 0 without findings, 1 with findings (errors or warnings), and 2 when the check cannot run: no
description, an unknown code, an error inside a rule. `--select` and `--ignore` accept codes or prefixes. `--fix`
applies the fixes that need no decision, `--format` writes `json`, `sarif` or `github`, and `stead hook install`
applies the fast rules before each commit.
"""


def page(rule: Rule, cases: Path = REPOSITORY / CASES) -> str:
    """Return a rule's page: what must hold, why, what to do, and examples where the cases are at hand."""
    about = rule.page.split("\n", 1)
    facts = [f"`{rule.severity}`", f"applied {ASKED[rule.cost]}"]
    facts += ["can be fixed with `--fix`"] if rule.fix else []
    facts += [] if rule.sure else ["reported only with `--strict`"]
    parts = [f"# {rule.code}: {rule.title}", " · ".join(facts)]
    parts += [about[1].strip()] if len(about) > 1 else []
    parts += examples(cases / rule.code)
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the list of all rules, by family."""
    parts = [INTRODUCTION]
    for family, found in groupby(rules(costs=EVERY), key=lambda rule: family_name(rule.code)):
        rows = [f"| [{rule.code}]({rule.code}.md) | {rule.title} | {_marks(rule)} |" for rule in found]
        parts.append("\n".join([f"## {family}\n", "| code | what must hold | |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _marks(rule: Rule) -> str:
    marks: list[str] = [rule.severity] if rule.severity == "warning" else []
    marks += [f"`--{rule.cost}`"] if rule.cost in ("live", "history") else []
    marks += ["`--fix`"] if rule.fix else []
    return ", ".join(marks)


def written(rule: Rule) -> str:
    """Return the page as it was made in the repository; where there is none, as it can be made here."""
    for folder in (PACKED, PAGES):
        file = folder / f"{rule.code}.md"
        if file.is_file():
            return file.read_text()
    return page(rule)


def pages() -> dict[Path, str]:
    """Return all that docs/checks must hold."""
    made = {PAGES / f"{rule.code}.md": page(rule) for rule in rules(costs=EVERY)}
    return made | {PAGES / "README.md": index()}


def stale() -> list[str]:
    """Return the pages that are not as they should be."""
    expected = pages()
    there = set(PAGES.glob("*.md"))
    wrong = [path for path, text in expected.items() if path not in there or path.read_text() != text]
    return sorted(str(path.relative_to(REPOSITORY)) for path in {*wrong, *(there - set(expected))})


def write() -> None:
    """Write what docs/checks must hold, and remove the rest."""
    PAGES.mkdir(parents=True, exist_ok=True)
    expected = pages()
    for path in set(PAGES.glob("*.md")) - set(expected):
        path.unlink()
    for path, text in expected.items():
        path.write_text(text)


def main(words: list[str]) -> int:
    if "--check" not in words:
        write()
        return 0
    wrong = stale()
    sys.stdout.write("".join(f"{name} is out of step\n" for name in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
