"""Change: what breaks a caller between two documents of one service.

A caller is someone who sends what the old document allowed and reads what it promised. So what may be sent must not
grow narrower, and what comes back must not grow wider or lose anything; the same schema may be held to both. What only
adds is not a change here.

The kinds, each with its own rule: `path`, `method`, `field` (an answer lost one), `needed` (a body needs one more),
`parameter`, `narrowed` (a body or a parameter takes less), `status`, `security`, `answer` (another type, or no longer
always there).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stead.check.openapi.document import Document, Part, Pointer, part, parts
from stead.check.openapi.schema import Schemas, Typed
from stead.check.openapi.schema_difference import shown

Changes = Iterator[tuple[str, Pointer, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of which kind, where in the new document, and in words."""

    kind: str
    pointer: Pointer
    message: str


def changes(old: Document, new: Document) -> list[Change]:
    """Return what breaks a caller, each once, though several operations may share what changed."""
    found: dict[tuple[str, Pointer, str], Change] = {}
    for change in _changes(old, new):
        about = change.message.partition(": ")[2] or change.message  # without the operation's name
        found.setdefault((change.kind, change.pointer, about), change)
    return list(found.values())


def _changes(old: Document, new: Document) -> Iterator[Change]:
    for (method, path), (pointer, operation) in old.operations.items():
        here = new.operations.get((method, path))
        if here is not None:
            yield from _Operation(old, new, (pointer, operation), here).changes()
        elif path in new.paths:
            at = ("paths", new.paths[path])
            yield Change("method", at, f"{method} {pointer[1]} is gone")
        else:
            yield Change("path", ("paths",), f"{pointer[1]} is gone")


class _Operation:
    """One operation, before and after."""

    def __init__(self, old: Document, new: Document, before: tuple[Pointer, Part], after: tuple[Pointer, Part]) -> None:
        self.old, self.new = old, new
        self.was_at, self.was = before
        self.at, self.now = after
        self.name = f"{str(self.at[-1]).upper()} {self.at[1]}"

    def changes(self) -> Iterator[Change]:
        for kind, pointer, message in (
            *self._security(),
            *self._parameters(),
            *self._body(),
            *self._answers(),
        ):
            detail = f" {message[3:]}" if message.startswith("it ") else f": {message}"
            yield Change(kind, pointer, self.name + detail)

    def _security(self) -> Changes:
        at = (*self.at, "security")
        after = self.new.security(self.now)
        for way in self.old.security(self.was):
            if not any(each <= way for each in after):
                alternatives = " or ".join(sorted(" and ".join(sorted(each)) for each in after))
                was = "anyone could ask" if not way else f"{' and '.join(sorted(way))} was enough"
                yield "security", at, f"it asks for {alternatives}, where {was}"
                return
        for key, words in (("x-operation", "the operation"), ("x-token-scope", "an API token of the scope")):
            if key in self.was and key in self.now and self.was[key] != self.now[key]:
                yield "security", at, f"it is for {words} {self.now[key]}, where it was for {self.was[key]}"
        had, has = self.was.get("x-roles"), self.now.get("x-roles")
        if has and (not had or not set(map(str, parts(had))) <= set(map(str, parts(has)))):
            yield "security", at, f"it is for {shown(has)}, where it was for {shown(had) if had else 'any user'}"

    def _parameters(self) -> Changes:
        before, after = self.old.parameters(self.was_at), self.new.parameters(self.at)
        for (where, name), (pointer, parameter) in after.items():
            earlier = before.get((where, name))
            needed = parameter.get("required") is True and where != "path"
            if needed and (earlier is None or earlier[1].get("required") is not True):
                could = "it knew none" if earlier is None else "it could be left out"
                yield "parameter", pointer, f"it needs the {where} parameter {parameter['name']}, where {could}"
            if earlier is not None:
                schemas = Schemas(self.old, self.new, sent=True)
                one, two = (*earlier[0], "schema"), (*pointer, "schema")
                for at, message in schemas.narrowed(
                    (one, earlier[1].get("schema")), (two, parameter.get("schema")), name
                ):
                    yield "narrowed", at, message

    def _body(self) -> Changes:
        where, after = self.new.followed((*self.at, "requestBody"), self.now.get("requestBody"))
        was_where, before = self.old.followed((*self.was_at, "requestBody"), self.was.get("requestBody"))
        if after.get("required") is True and before.get("required") is not True:
            yield "needed", where, f"it needs a body, where {'it could be left out' if before else 'it took none'}"
        takes = Schemas(self.old, self.new, sent=True)
        for kind, one, two in _content((was_where, before), (where, after)):
            if two is None:
                yield "narrowed", where, f"it takes no {kind} any more"
                continue
            for at, message in takes.needed(one, two, "the body"):
                yield "needed", at, message
            for at, message in takes.narrowed(one, two, "the body"):
                yield "narrowed", at, message

    def _answers(self) -> Changes:
        before, after = part(self.was.get("responses")), part(self.now.get("responses"))
        for status, answer in before.items():
            if status.startswith("2") and status not in after and f"{status[0]}XX" not in after:
                now = [each for each in after if each.startswith("2")]
                yield "status", (*self.at, "responses"), f"it does not answer {status} any more, but {shown(now)}"
            elif status.startswith("2") and status in after:
                one = self.old.followed((*self.was_at, "responses", status), answer)
                two = self.new.followed((*self.at, "responses", status), after[status])
                yield from self._answer(one, two, status)

    def _answer(self, before: tuple[Pointer, Part], after: tuple[Pointer, Part], status: str) -> Changes:
        gives = Schemas(self.old, self.new, sent=False)
        for kind, one, two in _content(before, after):
            if two is None:
                yield "answer", after[0], f"it does not answer {status} with {kind} any more"
                continue
            for at, message in gives.lost(one, two, "the answer"):
                yield "field", at, message
            for at, message in gives.widened(one, two, "the answer"):
                yield "answer", at, message


def _content(before: tuple[Pointer, Part], after: tuple[Pointer, Part]) -> Iterator[tuple[str, Typed, Typed | None]]:
    """Yield each media type that was there, with its schema then and now; None where it is gone."""
    now = part(after[1].get("content"))
    for kind, media_type in part(before[1].get("content")).items():
        then = ((*before[0], "content", kind, "schema"), part(media_type).get("schema"))
        here = ((*after[0], "content", kind, "schema"), part(now.get(kind)).get("schema"))
        yield kind, then, here if kind in now else None
