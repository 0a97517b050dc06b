"""A check with a baseline: leave out what it accepts, and write it where it is not there or has become smaller."""

import os
from collections.abc import Sequence
from pathlib import Path

from stead.check.baseline import BaselineError, accept, keys, read, still, write
from stead.check.engine import Result
from stead.check.rule import Rule
from stead.model.load import find

CI = (
    "continuous integration does not write it, since it would accept everything; write it on your machine and commit it"
)
STAGED = "a check of the staged files does not write it; write it with a check of all files"


class BaselineRun:
    """One baseline in one check. `known` is None where the file is not there yet."""

    def __init__(self, file: Path, rules: Sequence[Rule], paths: Sequence[Path], *, staged: bool) -> None:
        self.file, self.base = file, file.resolve().parent
        self._codes = frozenset(rule.code for rule in rules)
        self._paths = paths
        self._staged = staged
        self.known = read(file) if os.path.lexists(file) else None
        if self.known is None and (staged or os.environ.get("CI")):
            raise BaselineError(f"there is no {file}\n  {CI if not staged else STAGED}: stead check --baseline {file}")

    def without_accepted(self, result: Result) -> Result:
        """Leave out what the file accepts."""
        return result if self.known is None else accept(result, self.known, self.base, self._reason())

    def written(self, result: Result) -> tuple[Result, str]:
        """Write the file where it must change; return the result, and what was done."""
        if self._staged:
            return result, ""
        if not result.complete:
            return result, "" if self.known is not None else self._not_yet()
        if self.known is None:
            return self._first(result)
        left = still(self.known, result, self.base, [find(path).parent for path in self._paths], self._codes)
        gone = self.known.total() - left.total()
        if gone:
            write(self.file, left)
        return result, f"{self.file}: {_findings(gone)} gone, and removed from it; commit it" if gone else ""

    def _first(self, result: Result) -> tuple[Result, str]:
        known = keys(result.findings, self.base)
        write(self.file, known)
        message = f"wrote {self.file}: it accepts {_findings(known.total())}; commit it"
        return accept(result, known, self.base, self._reason()), message

    def _not_yet(self) -> str:
        return f"{self.file} was not written: some rules failed; fix that first"

    def _reason(self) -> str:
        return f"accepted in {self.file}"


def _findings(number: int) -> str:
    return f"{number:,} finding{'' if number == 1 else 's'}"
