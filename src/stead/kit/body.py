"""Body: a request's body, read once, compared with its media type, and decoded into a struct.

msgspec stops at the first fault; the client gets all of them, so an invalid body is validated once more, field by
field. Only invalid bodies pay for the second pass.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from stead.kit.asgi import Receive
from stead.kit.http_problem import HttpProblem

JSON_TYPE = b"application/json"
FORM_TYPE = b"application/x-www-form-urlencoded"

Decode = Callable[[bytes], Any]


async def read_body(receive: Receive) -> bytes:
    """Return the whole body."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _arrived(message, body)
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(_arrived(message, message.get("body", b"")))
    return b"".join(parts)


def _arrived(message: Any, body: bytes) -> bytes:
    if message["type"] == "http.disconnect":
        raise HttpProblem(400, "disconnected", "The body is incomplete.")
    return body


def require_media_type(media: bytes, shown: bytes | None) -> None:
    """Refuse other media types with 415; parameters such as a charset do not matter."""
    if shown == media:
        return
    kind = (shown or b"").split(b";", 1)[0].strip().lower()
    if kind != media and not (media == JSON_TYPE and kind.startswith(b"application/") and kind.endswith(b"+json")):
        raise HttpProblem(415, "unsupported_media_type", f"The body must be {media.decode()}.")


def json_decoder(kind: Any) -> Decode:
    """Return what decodes a JSON body into `kind`: 400 when it is not JSON, 422 with every fault when it is another."""
    strict = msgspec.json.Decoder(kind).decode

    def decode(body: bytes) -> Any:
        try:
            return strict(body)
        except msgspec.ValidationError as error:
            raise invalid(faults(_plain(body), kind) or [_fault(error)]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise malformed() from None

    return decode


def form_decoder(kind: Any) -> Decode:
    """Return what decodes a URL-encoded form into `kind`; a field that comes twice is refused."""

    def decode(body: bytes) -> Any:
        try:
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, strict_parsing=bool(body), errors="strict", max_num_fields=99
            )
        except ValueError:
            raise HttpProblem(400, "malformed_form", "The body is not URL-encoded.") from None
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise HttpProblem(400, "malformed_form", "A field of the form occurs more than once.")
        try:
            return msgspec.convert(fields, kind, strict=False)
        except msgspec.ValidationError as error:
            raise invalid(faults(fields, kind, strict=False) or [_fault(error)]) from None

    return decode


def malformed() -> HttpProblem:
    return HttpProblem(400, "malformed_json", "The body is not JSON.")


def invalid(errors: list[dict[str, Any]]) -> HttpProblem:
    return HttpProblem(422, "invalid_body", "The body does not match the schema.", errors=errors)


def faults(value: Any, kind: Any, path: str = "$", *, strict: bool = True) -> list[dict[str, Any]]:
    """Return every fault of a value, each with its path, as in `$.items[0].amount`."""
    return list(_faults(value, kind, path, strict))


def _faults(value: Any, kind: Any, path: str, strict: bool) -> Iterator[dict[str, Any]]:
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(value, dict) and isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        yield from _of_struct(value, plain, path, strict)
    elif isinstance(value, list) and get_origin(plain) in (list, tuple) and _one_kind(plain):
        inner = get_args(plain)[0]
        items = [
            fault for index, item in enumerate(value) for fault in _faults(item, inner, f"{path}[{index}]", strict)
        ]
        yield from items or _of_value(value, kind, path, strict)  # what only the complete value shows: its length
    else:
        yield from _of_value(value, kind, path, strict)


def _of_struct(value: dict[str, Any], kind: type[msgspec.Struct], path: str, strict: bool) -> Iterator[dict[str, Any]]:
    found = []
    for field in msgspec.structs.fields(kind):
        where = f"{path}.{field.encode_name}"
        if field.encode_name in value:
            found += faults(value[field.encode_name], field.type, where, strict=strict)
        elif field.required:
            found.append({"path": where, "message": "is missing"})
    yield from found or _of_value(value, kind, path, strict)  # what only the whole tells: unknown fields, __post_init__


def _of_value(value: Any, kind: Any, path: str, strict: bool) -> Iterator[dict[str, Any]]:
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        yield _fault(error, path)


def _fault(error: msgspec.ValidationError, path: str = "$") -> dict[str, Any]:
    message, _, inner = str(error).partition(" - at `$")
    return {"path": path + inner.rstrip("`"), "message": message}


def _one_kind(kind: Any) -> bool:
    args = get_args(kind)
    return len(args) == 1 or (len(args) == 2 and args[1] is Ellipsis)


def _plain(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed() from None  # the first fault was a wrong value; a later one makes the body invalid JSON
