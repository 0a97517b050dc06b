"""What code in other languages says: which environment variables it reads, what it imports and mentions.

It is read by expressions, not by a parser each: a language's own parser would have to be installed, and would stop at
the first file of a newer version. Comments are taken out first, so that they are not taken for code.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.comment import without_comments
from stead.check.facts.position import Positions

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
UPPER = r"[A-Z_][A-Z0-9_]*"
QUOTED = rf"""["'`]({NAME})["'`]"""
SCRIPTS = frozenset({".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"})
JVM = frozenset({".java", ".kt"})

UPPERS = re.compile(r"[A-Z][A-Z0-9_]{2,99}+\b")  # also within a word: a `\b` before it takes five times as long
IN_A_WORD = re.compile(r"\w")
URLS = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)*_url\b")
HEALTH = re.compile(r"/(?:health|version|livez|readyz)\b")
ADDRESS = re.compile(r"""["'`]https?:(//[a-z][a-z0-9-]*)(?=[:/"'`])""")  # an address of a host without a dot

# `env.NAME` is also what a Worker is handed: `env.POINTS_SERVICE_URL`, `c.env.POINTS_SERVICE_URL`.
SCRIPT_READS = re.compile(
    rf"""\benv(?:\.({UPPER})\b|\[{QUOTED}\])(?!\s*=[^=>])"""
    rf"""|\bDeno\.env\.get\({QUOTED}\)"""
)
SCRIPT_WORDS = ("env", "import", "require", "from")  # a script without these reads no variable
SCRIPT_DEFAULT = re.compile(r"""\s*(?:\?\?|\|\|)\s*(?:["'`]([^"'`\n]*)["'`]|(\d[\w.]*))?""")
TAKEN_APART = re.compile(r"\b(?:const|let|var)\s*\{([^{}]{0,4000})\}\s*=\s*(?:[\w.]+\.)?env\b")
TAKEN = re.compile(rf"""({UPPER})\s*(?::\s*\w+)?\s*(=\s*(?:["'`]([^"'`\n]*)["'`]|(\d[\w.]*))?)?""")
SCRIPT_IMPORTS = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["']([^"'\n]+)["']""")

# Many programs write a helper such as `getenv("PORT", "8080")`, for a variable with a default.
GO_READS = re.compile(
    rf"""\b(?:os|syscall)\.(?:Getenv|LookupEnv)\(\s*["`]({NAME})["`]\s*\)"""
    rf"""|\b(?:[gG]et_?[eE]nv|[eE]nv)\w{{0,30}}\(\s*"({UPPER})"(?=\s*,)"""
    rf"""|\b(?:env|envconfig):"({UPPER})[",]"""
)
GO_DEFAULT = re.compile(
    r"""[^`\n]{0,200}?\b(?:envDefault|default):"([^"\n]{0,200})\""""
    r"""|\s*\n\s*if\s+\w+\s*==\s*""\s*\{\s*\w+\s*=\s*(?:"([^"\n]{0,200})")?"""
    r"""|\s*,\s*(?:"([^"\n]{0,200})")?"""
)
GO_IMPORTS = re.compile(
    r"""^[ \t]*(?:import[ \t]+)?(?:[\w.]{1,99}[ \t]+)?"([\w.~-]+(?:/[\w.~-]+)+)"[ \t]*(?://[^\n]*)?$""", re.MULTILINE
)

JVM_READS = re.compile(
    rf"""\bSystem\.getenv\(\s*"({NAME})"\s*\)"""
    rf"""|\bSystem\.getenv\(\)(?:\[|\.get\(|\.getOrDefault\()\s*"({NAME})\""""
    rf"""|\$\{{({UPPER})(?=[:}}])"""
)
JVM_DEFAULT = re.compile(r"""\s*\?:\s*(?:"([^"\n]*)")?|:([^}"\n]{0,200})\}|\s*,\s*(?:"([^"\n]*)")?""")
JVM_IMPORTS = re.compile(r"^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)", re.MULTILINE)
JVM_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]+)", re.MULTILINE)

OTHER_READS = re.compile(
    rf"""\benv::var(?:_os)?\(\s*"({NAME})"\s*\)"""  # Rust
    rf"""|\bENV(?:\[|\.fetch\()\s*["']({NAME})["']"""  # Ruby
    rf"""|\bgetenv\(\s*["']({NAME})["']|\$_ENV\[\s*["']({NAME})["']"""  # PHP
    rf"""|\bGetEnvironmentVariable\(\s*"({NAME})\""""  # C#
)
OTHER_DEFAULT = re.compile(r"""\s*\)?\s*(?:,|\?\?|\?:|\|\||\.unwrap_or)\s*()""")

READS = {".go": GO_READS} | dict.fromkeys(SCRIPTS, SCRIPT_READS) | dict.fromkeys(JVM, JVM_READS)
DEFAULTS = {".go": GO_DEFAULT} | dict.fromkeys(SCRIPTS, SCRIPT_DEFAULT) | dict.fromkeys(JVM, JVM_DEFAULT)
NOTHING = re.compile(r"(?!)")
IMPORTS = {".go": GO_IMPORTS} | dict.fromkeys(SCRIPTS, SCRIPT_IMPORTS) | dict.fromkeys(JVM, JVM_IMPORTS)


def read(path: Path, text: str, facts: Facts) -> None:
    """Add what a file of code says."""
    kind = path.suffix
    facts.words += _mentions(text)
    if kind in SCRIPTS and not any(word in text for word in SCRIPT_WORDS):
        return
    reads, imports = READS.get(kind, OTHER_READS), IMPORTS.get(kind, NOTHING)
    if kind not in JVM and not reads.search(text) and not imports.search(text) and "env" not in text:
        return  # most files have none of these words, so their comments need not be removed
    bare = without_comments(text, hashed=kind in (".rb", ".php"))
    positions, defaults = Positions(bare), DEFAULTS.get(kind, OTHER_DEFAULT)
    facts.reads += (
        positions.at(found.start(), _default_text(found), _default(defaults, bare, found.end()))
        for found in reads.finditer(bare)
    )
    facts.imports += (positions.at(found.start(1), found[1]) for found in imports.finditer(bare))
    if kind in SCRIPTS:
        facts.reads += (positions.at(*taken) for taken in _destructured(bare))
    if kind in JVM:
        facts.names += (positions.at(found.start(1), found[1]) for found in JVM_PACKAGE.finditer(bare))


def _mentions(text: str) -> list[str]:
    """Return what a text mentions; comments are part of it, since a mention there does no harm."""
    found = {
        each[0] for each in UPPERS.finditer(text) if not IN_A_WORD.match(text, max(each.start() - 1, 0), each.start())
    }
    if "_url" in text:
        found.update(map(str.upper, URLS.findall(text)))
    if "/health" in text or "/version" in text:
        found.update(HEALTH.findall(text))
    if "http" in text:
        found.update(ADDRESS.findall(text))
    return sorted(found)


def _default_text(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group), "")


def _default(pattern: re.Pattern[str], text: str, end: int) -> str:
    found = pattern.match(text, end)
    if found is None:
        return ""
    value = next((group for group in found.groups() if group is not None), None)
    return "default" if value is None else f"default:{value}"


def _destructured(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield what `const { LIMIT = 5, URL: url } = process.env` takes: where, the name, the default."""
    for block in TAKEN_APART.finditer(text):
        for found in TAKEN.finditer(block[1]):
            value = found[3] if found[3] is not None else found[4]
            default = "" if found[2] is None else "default" if value is None else f"default:{value}"
            yield block.start(1) + found.start(), found[1], default
