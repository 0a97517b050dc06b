"""Compared: what changed in the committed documents since the revision that the check is asked to compare with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stead.check.context import Context
from stead.check.contract.document_owner import promises
from stead.check.openapi import earlier_document
from stead.check.openapi.change import Change, changes
from stead.check.openapi.document import NAME, Document, Part, parsed, placed
from stead.model import Problem, SourceLocation

HASH = re.compile(r"\b([0-9a-f]{10})[0-9a-f]{30}\b")  # of a commit's hash, the first ten characters are enough


@dataclass(frozen=True)
class Broken:
    """A change that breaks a caller, and the document that has it now."""

    change: Change
    file: Path


def broken(context: Context, code: str, kind: str, mend: str) -> Iterator[Problem]:
    """Yield what broke, of one kind; nothing where there is no revision to compare with."""
    speaks = {promise.file: promise.services[0].where for promise in promises(context)}
    revision = HASH.sub(r"\1", context.against)
    for each in context.once(_broken) if context.against else ():
        if each.change.kind == kind:
            text = context.tree.text(each.file)
            place = (
                placed(str(each.file), text, each.change.pointer) if text else SourceLocation(str(context.file), 1, 1)
            )
            message = f"{each.change.message} (compared with {revision})"
            yield Problem(code, message, place, mend, speaks.get(each.file))


def _broken(context: Context) -> tuple[Broken, ...]:
    now = {file: document for file in context.tree.named(NAME) if (document := parsed(context.tree.text(file) or ""))}
    found = []
    for file, text in sorted(earlier_document.documents(context.root, context.against).items()):
        before = parsed(text)
        if before is not None and text != context.tree.text(file):
            old = Document(before)
            there = file if file in now else _moved(old, now)
            found += [Broken(change, there) for change in changes(old, Document(now.get(there, {})))]
    return tuple(found)


def _moved(old: Document, now: dict[Path, Part]) -> Path:
    """Return where a document went whose file is gone: the one that has the most of its operations."""
    return max(now, key=lambda file: len(old.operations.keys() & Document(now[file]).operations.keys()), default=Path())
