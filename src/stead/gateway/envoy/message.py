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
    What compares and shows a message stands here once: made anew for each of a hundred classes, it was 50 ms of the
    start of every command that renders or checks.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    TYPE: ClassVar[str] = ""

    def __init_subclass__(cls, type: str = "") -> None:
        cls.TYPE = type and TYPE + type
        dataclasses.dataclass(frozen=True, kw_only=True, repr=False, eq=False)(cls)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


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
