"""On which address a program listens, where its source says so in plain text."""

import re
from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.position import Positions
from stead.check.facts.secret import CODE

LITERAL = re.compile(
    r"\.listen\(\s*(?P<port>\d{2,5})\s*(?:,\s*[\"'`](?P<host>[\w.:]+)[\"'`])?"
    r"|\.listen\([^()\n]{1,80},\s*[\"'`](?P<bound>127\.0\.0\.1|localhost|::1)[\"'`]"
    r"|ListenAndServe\(\s*[\"`](?P<go>[\w.]*):(?P<goport>\d{2,5})[\"`]"
    r"|ListenAndServe\(\s*[\"`](?P<gohost>127\.0\.0\.1|localhost):[\"`]"
    r"|HTTPServer\(\s*\(\s*[\"'](?P<py>[\w.]*)[\"']\s*,\s*(?P<pyport>\d{2,5})?"
    r"|\b(?:uvicorn|app|web)\.run(?:_app)?\((?P<run>[^()\n]{0,200})"
)
HOST = re.compile(r"\bhost\s*=\s*[\"']([\w.:]+)[\"']")
PORT = re.compile(r"\bport\s*=\s*(\d{2,5})\b")
WORDS = (".listen(", "ListenAndServe(", "HTTPServer(", ".run(", ".run_app(")


def read(path: Path, text: str, facts: Facts) -> None:
    """Add the addresses that are literal."""
    if path.suffix not in CODE or not any(word in text for word in WORDS):
        return
    positions = Positions(text)
    for found in LITERAL.finditer(text):
        groups = found.groupdict(default="")
        run = groups["run"]
        host = next(filter(None, (groups[name] for name in ("host", "bound", "go", "gohost", "py"))), "")
        port = next(filter(None, (groups[name] for name in ("port", "goport", "pyport"))), "")
        if run:
            host, port = _first(HOST, run), _first(PORT, run)
        if host or port:
            facts.listens.append(positions.at(found.start(), host, port))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
