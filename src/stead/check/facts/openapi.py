"""What an `openapi.json` promises: its operations, and who may ask for each; and whether it is a document at all."""

from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.spot import Spots
from stead.check.openapi.document import Document, Part, nearest, parsed, spots
from stead.check.openapi.fault import faults


def read(_path: Path, text: str, facts: Facts) -> None:
    """Add the operations and the faults. A text that is no JSON is left to the reader of JSON."""
    said = parsed(text)
    if said is None:
        return
    document, lines = Document(said), Spots(text)
    wrong = list(faults(document))
    deepest = max((len(pointer) for pointer, _ in wrong), default=3)
    at = dict(spots(text, max(3, deepest + 1)))
    facts.faults += (lines.at(nearest(at, pointer), words, "openapi") for pointer, words in wrong)
    for (method, _), (pointer, operation) in document.operations.items():
        more = access(document, operation)
        facts.operations.append(lines.at(at[pointer], f"{method} {pointer[1]}", more))


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
