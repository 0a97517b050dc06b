"""Environments: their names as repositories write them, and of processes without the environment at their end."""

import re

NAMES = {
    "dev": "dev",
    "development": "dev",
    "local": "dev",
    "test": "test",
    "qa": "qa",
    "demo": "demo",
    "stage": "stage",
    "staging": "staging",
    "preprod": "preprod",
    "prod": "prod",
    "production": "prod",
}
ORDER = ("dev", "test", "qa", "demo", "stage", "staging", "preprod", "prod")
LONGEST = 63  # characters of a DNS label
DIGITS = re.compile(r"^[^a-z]+")
PARTS = re.compile(r"[^a-z0-9]+")


def environment_of(text: str) -> str:
    """Return the environment that a file's or a folder's name tells of; empty when none."""
    return next((NAMES[word] for word in PARTS.split(text.lower()) if word in NAMES), "")


def ordered(names: set[str]) -> list[str]:
    """Return environments from a laptop to production."""
    return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def without(name: str) -> str:
    """Return a process's name without the environment at its end: `points-service-staging` is `points-service`."""
    stem, _, last = name.rpartition("-")
    return stem if stem and last.lower() in NAMES else name


def label(name: str) -> str:
    """Return a name as a DNS label, without an environment at its end."""
    plain = DIGITS.sub("", PARTS.sub("-", without(name).lower()).strip("-"))[:LONGEST].strip("-")
    return plain or "service"
