"""The base of mirrored messages: frozen, keyword-only, serialised without unset fields in a fixed order.

Not msgspec structs: their `kw_only` is not inherited and mypy refuses an inherited `frozen`, so each of a hundred
classes would have to say both.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, ClassVar, dataclass_transform

TYPE = "type.googleapis.com/"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Message:
    """One protobuf message. A class that says its `type` is written with `@type`, as an `Any` needs it.

    A field has a default here only where Envoy has the same one, since a field that has its default is not written.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    TYPE: ClassVar[str] = ""

    def __init_subclass__(cls, type: str = "") -> None:
        cls.TYPE = type and TYPE + type
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def duration(seconds: float) -> str:
    """Write a google.protobuf.Duration: `10s`, `0.25s`."""
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


def written(message: Message) -> str:
    """Return the message as JSON text: same value, same bytes."""
    return json.dumps(plain(message), indent=1, ensure_ascii=False) + "\n"


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a message becomes an object of its set fields."""
    if isinstance(value, Message):
        return _object(value)
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in value}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _object(message: Message) -> dict[str, Any]:
    fields = dataclasses.fields(message)
    set_fields = {field.name: value for field in fields if (value := getattr(message, field.name)) != field.default}
    typed = {"@type": message.TYPE} if message.TYPE else {}
    return typed | {name: plain(value) for name, value in set_fields.items()}
