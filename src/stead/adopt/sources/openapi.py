"""Committed OpenAPI documents: what a service answers, and who may ask."""

from collections.abc import Iterator

from stead.adopt.evidence import Access, Evidence, Offer
from stead.check.openapi.document import NAME, Document, Part, parsed
from stead.model.health import METRICS, PATHS

INNER = ("service", "internal", "machine", "m2m")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
KIND = "OpenAPI documents"


def offers(found: Evidence, folder: str) -> tuple[Offer, ...]:
    """Return what the document in a folder offers; health aside, which every service answers."""
    path = found.root / folder / NAME
    data = parsed(found.tree.text(path) or "") if path in found.tree.known else None
    if data is None:
        return ()
    found.used[KIND] = None
    return tuple(_offers(found.name(path), Document(data)))


def _offers(file: str, document: Document) -> Iterator[Offer]:
    for (method, _), (pointer, operation) in document.operations.items():
        path = str(pointer[1])
        if method in METHODS and path not in (*PATHS, METRICS):
            named = operation.get("x-operation") or operation.get("operationId")
            access = _access(path, document, operation)
            yield Offer(method, path, access, named if isinstance(named, str) else "", file)


def _access(path: str, document: Document, operation: Part) -> Access:
    """Return who may ask, by the names of the security schemes; what is open below /internal is for services."""
    schemes = " ".join(scheme for way in document.security(operation) for scheme in way).lower()
    if not schemes or frozenset() in document.security(operation):
        return "service" if path.startswith("/internal/") else "public"
    return "service" if any(word in schemes for word in INNER) else "user"
