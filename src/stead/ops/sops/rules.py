"""`.sops.yaml` beside a backend.py: the recipients of each environment's file.

`sops` reads the same rules, so its files have the same recipients. The file belongs to the user: Stead appends a rule
or replaces its recipients, and every other line stays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml as reader

from stead.ops.sops.data_key import checked
from stead.ops.sops.error import SopsError

FILE = ".sops.yaml"
LEAST = 2  # recipients: with only one, losing a key loses all secrets
FOLDER = "deploy/sops"


def path_of(environment: str) -> str:
    """Return the path of an environment's file, relative to the backend.py."""
    return f"{FOLDER}/{environment}.yaml"


@dataclass(frozen=True)
class Rules:
    """The rules of one backend; `text` is the file's content, empty without a file."""

    file: Path
    text: str = ""

    @classmethod
    def read(cls, folder: Path) -> "Rules":
        file = folder / FILE
        return cls(file, file.read_text(encoding="utf-8") if file.exists() else "")

    def recipients(self, environment: str) -> tuple[str, ...]:
        """Return the recipients of an environment's file; empty without a rule."""
        rule = self._rule(environment)
        return checked(_names(rule["age"])) if rule else ()

    def changed(self, environment: str, recipients: Sequence[str]) -> "Rules":
        """Return the rules with other recipients for an environment, written; SopsError for fewer than two."""
        checked_recipients = enough(checked(recipients), environment)
        rule = self._rule(environment)
        recipients_text = ",".join(checked_recipients)
        text = (
            self._replaced(str(rule["age"]), recipients_text) if rule else self._with_rule(environment, recipients_text)
        )
        rules = Rules(self.file, text)
        if rules.recipients(environment) != checked_recipients:
            raise SopsError(
                f"Stead cannot change {self.file}: write the rule by hand\n{_block(environment, recipients_text)}"
            )
        self.file.write_text(text, encoding="utf-8")
        return rules

    def _rule(self, environment: str) -> Mapping[str, Any] | None:
        """Return the first matching rule, as sops does."""
        for number, rule in enumerate(self._all(), 1):
            if not isinstance(rule, dict):
                raise SopsError(f"{self.file}: rule {number} is not a mapping of path_regex and age")
            try:
                fits = re.search(str(rule.get("path_regex", "")), path_of(environment))
            except re.error as error:
                raise SopsError(f"{self.file}: path_regex of rule {number}: {error}") from None
            if fits and not rule.get("age"):
                raise SopsError(f"{self.file}: rule {number} is for {path_of(environment)} and has no age recipients")
            if fits:
                return rule
        return None

    def _all(self) -> Sequence[Any]:
        try:
            found = reader.safe_load(self.text) or {}
        except reader.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise SopsError(f"{self.file}: line {mark.line + 1 if mark else '?'} is not YAML") from None
        rules = found.get("creation_rules", []) if isinstance(found, dict) else None
        if not isinstance(rules, list):
            raise SopsError(f"{self.file}: creation_rules is not a list of rules")
        return rules

    def _replaced(self, before: str, after: str) -> str:
        return self.text.replace(before, after)

    def _with_rule(self, environment: str, recipients: str) -> str:
        head = self.text if self.text.strip() else "creation_rules:\n"
        return head + ("" if head.endswith("\n") else "\n") + _block(environment, recipients)


def enough(recipients: tuple[str, ...], environment: str) -> tuple[str, ...]:
    """Return at least two recipients; SopsError for one, since its loss would lose every secret."""
    if len(recipients) < LEAST:
        raise SopsError(
            f"{environment} needs {LEAST} recipients, not {len(recipients)}: otherwise one lost key loses"
            " every secret; name two: --recipient age1… --recipient age1…"
        )
    return recipients


def _block(environment: str, recipients: str) -> str:
    return f"  - path_regex: {re.escape(path_of(environment))}$\n    age: {recipients}\n"


def _names(age: Any) -> list[str]:
    """Return the recipients of a rule: sops accepts a list, or a text with commas."""
    parts = age if isinstance(age, list) else str(age).split(",")
    return [name for part in parts if (name := str(part).strip())]
