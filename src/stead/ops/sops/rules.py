"""`.sops.yaml` beside a backend.py: the recipients of each environment's file.

`sops` reads the same rules, so its files have the same recipients. The file belongs to the user: Stead adds a rule, or
replaces the recipients of one that is for this environment alone, and every other line stays.
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
        return cls(file, file_text(file) if file.exists() else "")

    def recipients(self, environment: str) -> tuple[str, ...]:
        """Return the recipients of an environment's file; empty without a rule."""
        rule = self._rule(environment)
        return checked(_names(rule["age"])) if rule else ()

    def changed(self, environment: str, recipients: Sequence[str]) -> "Rules":
        """Return the rules with other recipients for an environment, written; SopsError for fewer than two."""
        checked_recipients = enough(checked(recipients), environment)
        rule = self._rule(environment)
        if rule is None:
            text = self._appended(_block(environment, checked_recipients))
        elif _is_shared(str(rule.get("path_regex", "")), environment):
            text = self._before_all(environment, checked_recipients)
        else:
            text = self._replaced(self._all().index(rule), checked_recipients)
        rules = Rules(self.file, text)
        if rules.recipients(environment) != checked_recipients:
            by_hand = _block(environment, checked_recipients)
            raise SopsError(
                f"Stead cannot change the rules in {self.file}: write this one before the others\n{by_hand}"
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

    def _replaced(self, number: int, recipients: Sequence[str]) -> str:
        """Return the text with other recipients of one rule, in the form that it has: a list, or a text with commas."""
        rule = _rules_node(self.text).value[number]
        age = next(value for key, value in rule.value if key.value == "age")
        start, end = age.start_mark.index, age.end_mark.index
        if not isinstance(age, reader.SequenceNode):
            return self.text[:start] + ",".join(recipients) + self.text[end:]
        before = self.text[start:end]
        after = before[len(before.rstrip()) :]
        between = f"\n{' ' * age.start_mark.column}"
        items = f"[{', '.join(recipients)}]" if age.flow_style else between.join(f"- {each}" for each in recipients)
        return self.text[:start] + items + after + self.text[end:]

    def _before_all(self, environment: str, recipients: Sequence[str]) -> str:
        """Return the text with a rule of this environment's own before those that are for other files as well."""
        first = _rules_node(self.text).value[0]
        column = self.text[: first.start_mark.index].rpartition("-")[0].rpartition("\n")[2]
        start = self.text.rfind("\n", 0, first.start_mark.index) + 1
        return self.text[:start] + _block(environment, recipients, column) + self.text[start:]

    def _appended(self, block: str) -> str:
        head = self.text if self.text.strip() else "creation_rules:\n"
        return head + ("" if head.endswith("\n") else "\n") + block


def enough(recipients: tuple[str, ...], environment: str) -> tuple[str, ...]:
    """Return at least two recipients; SopsError for one, since its loss would lose every secret."""
    if len(recipients) < LEAST:
        raise SopsError(
            f"{environment} needs {LEAST} recipients, not {len(recipients)}: otherwise one lost key loses every "
            f"secret; {FILE} names them: stead secret recipients --env {environment} --recipient age1…, twice"
        )
    return recipients


def file_text(file: Path) -> str:
    """Return the text of a file; SopsError when it cannot be read as one."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SopsError(f"{file} is not text in UTF-8: restore it from an earlier commit") from None
    except IsADirectoryError:
        raise SopsError(f"{file} is a folder: remove it, or restore the file from an earlier commit") from None


def _block(environment: str, recipients: Sequence[str], indent: str = "  ") -> str:
    where = re.escape(path_of(environment))
    return f"{indent}- path_regex: {where}$\n{indent}  age: {','.join(recipients)}\n"


def _is_shared(pattern: str, environment: str) -> bool:
    """Return whether a rule may be for other files than an environment's: all but its path, written out."""
    text = pattern.removeprefix("^").removesuffix("$")
    return re.sub(r"\\(\W)", r"\1", text) != path_of(environment)


def _rules_node(text: str) -> Any:
    """Return the list of rules as it stands in the text, with the place of each part."""
    root: Any = reader.compose(text, Loader=reader.SafeLoader)
    return next(value for key, value in root.value if key.value == "creation_rules")


def _names(age: Any) -> list[str]:
    """Return the recipients of a rule: sops accepts a list, or a text with commas."""
    parts = age if isinstance(age, list) else str(age).split(",")
    return [name for part in parts if (name := str(part).strip())]
