"""What an `openapi.json` promises: its operations, and who may ask for each; and whether it is a document at all."""

import json
from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.position import Positions
from stead.check.openapi.document import Document, Part, Pointer, nearest, parsed, positions
from stead.check.openapi.validation import faults


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the operations and the faults. A text that is not JSON is left to the reader of JSON."""
    data = parsed(text)
    if data is None:
        return
    document, lines = Document(data), Positions(text)
    wrong = list(faults(document, text))
    if wrong:
        at = dict(positions(text, max(len(pointer) for pointer, _ in wrong) + 1))
        facts.faults += (lines.at(nearest(at, pointer), words, "openapi") for pointer, words in wrong)
    position = max(text.find('"paths"'), 0)
    for (method, _), (pointer, operation) in document.operations.items():
        position = _after(text, pointer, position)
        facts.operations.append(lines.at(position, f"{method} {pointer[1]}", access(document, operation)))


def _after(text: str, pointer: Pointer, position: int) -> int:
    """Return where an operation stands, looking on from the one before: to look at each key would take ten times as
    long, and a line that is off by some does no harm."""
    path, method = json.dumps(str(pointer[1]), ensure_ascii=False), f'"{pointer[2]}"'
    start = text.find(path, position)
    return max(text.find(method, max(start, position)), position)


def access(document: Document, operation: Part) -> str:
    """Return who may ask, in a word: `public`, or the names of the schemes; then `for=` the operation it is granted by,
    `roles=` and `scope=` where the document says them."""
    schemes = sorted({"&".join(sorted(each)) for each in document.security(operation)})
    words = ["public" if "" in schemes else "|".join(schemes)]
    words += [f"for={operation['x-operation']}"] if "x-operation" in operation else []
    roles = operation.get("x-roles")
    words += [f"roles={','.join(sorted(map(str, roles)))}"] if isinstance(roles, list) else []
    words += [f"scope={operation['x-token-scope']}"] if "x-token-scope" in operation else []
    return " ".join(words)
