"""Secrecy: what must not be written into a description: by its name, by the form of a value, by a scanner's rules."""

import re

from stead.check.facts.leak import leaks
from stead.check.facts.value import is_secret_name

NAME = re.compile(r"(?:^|_)(?:PASS|PWD|PW)$", re.IGNORECASE)  # too short for a scanner; a mistake is harmless here
WITHIN = re.compile(r"://[^/\s@]*[^/\s:@]@|\b(?:password|passwd|pwd)\s*=\s*\S", re.IGNORECASE)  # in an address


def is_secret(name: str, *texts: str) -> bool:
    """Return whether a variable holds a secret, by its name or by any of the values that it has somewhere."""
    if is_secret_name(name) or NAME.search(name):
        return True
    return any(WITHIN.search(text) or any(leaks(f"{name}={text}")) for text in texts)
