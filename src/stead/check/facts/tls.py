"""Versions of TLS that a configuration still accepts, and that RFC 8996 and RFC 7568 forbid."""

import re
from pathlib import Path

from stead.check.facts import At, Facts

ENDINGS = frozenset({".conf", ".cfg", ".cnf", ".yaml", ".yml", ".toml", ".tf", ".tpl", ".template", ".j2", ".ini"})
KEY = re.compile(
    r"\b(?:ssl[-_]protocols?|ssl-min-ver|(?:ssl|tls)_min(?:imum)?_protocol_version|min(?:imum)?_(?:tls|protocol)_version|"
    r"minVersion|minTLSVersion|MinProtocol|protocols)\b[\"']?",
    re.IGNORECASE,
)
OLD = re.compile(
    r"(?<![-!\w./])(?:SSLv[23]|TLSv1(?:[._][01])?|VersionTLS1[01]|tls1\.[01]|TLS1?_?1?_[01])(?![\w.]|[._]\d)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w./])1\.[01](?![\w.])")  # of a setting that has TLS in its name
LONGEST = 300  # characters of a line that are read
WORDS = ("tls", "TLS", "ssl", "SSL")
COMMENTS = ("#", "//", ";")


def read(path: Path, text: str, facts: Facts) -> None:
    """Add the lines in which such a version is accepted."""
    if path.suffix not in ENDINGS and not path.name.startswith("Caddyfile"):
        return
    if not any(word in text for word in WORDS):
        return
    for number, line in enumerate(text.splitlines(), 1):
        key = KEY.search(line[:LONGEST]) if not line.lstrip().startswith(COMMENTS) else None
        old = key and _old(key[0], line[key.end() : LONGEST])
        if key and old:
            facts.obsolete.append(At(old[0], number, key.end() + old.start() + 1, key[0].strip("\"'")))


def _old(setting: str, value: str) -> re.Match[str] | None:
    named = OLD.search(value)
    return named or (NUMBER.search(value) if "tls" in setting.lower() else None)
