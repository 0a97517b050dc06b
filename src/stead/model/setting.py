"""Setting: one value from the environment, declared once.

A Python service declares its settings as a class and reads them as typed attributes; a program in another language
lists `Setting` values. Both come out as the same tuple of `Setting`, so every reader sees one shape:

    class PointsSettings(Settings):
        points_velocity_cap: int = var(default=500, help="Points a user may earn in one window.")
        partner_key: str = secret(help="The partner's API key.")
"""

import dataclasses
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, ClassVar, Final, Literal, dataclass_transform, get_args, get_origin, get_type_hints


class Required(Enum):
    """The marker of a setting without a default."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


class Dev(Enum):
    """How a development value is generated when none is given. It is generated once and stored in `.stead/`.

    RANDOM          32 random bytes, hexadecimal
    WEBHOOK_SECRET  a webhook secret as Svix writes it: `whsec_` and base64
    ISSUER          the URL that names the development identity provider
    KEY_SET         a file: URL of the development identity provider's public keys
    BOT_TOKEN       a bot token as Telegram writes it: digits, a colon, 35 characters
    """

    RANDOM = "random"
    WEBHOOK_SECRET = "webhook-secret"  # noqa: S105 - a kind, not a secret
    ISSUER = "issuer"
    KEY_SET = "key-set"
    BOT_TOKEN = "bot-token"  # noqa: S105 - a kind, not a secret


@dataclass(frozen=True, slots=True)
class Setting:
    """A var or a secret.

    name     the environment variable
    type     one of str, int, float, bool, tuple (comma-separated)
    default  the value where none is given; without a default the setting is required
    help     one sentence for the person who gives the value
    secret   True for a value that no output, log or rendered file may show
    minimum  the smallest number that is accepted
    dev      how a development value is generated when none is given, whether the setting is required or not
    several  of a secret, what stands between two values that hold at once: the process takes each and shows the first,
             and reads the setting again while it runs (`stead.kit.live_setting`); empty: one value, read at its start
    """

    name: str
    type: type = str
    default: Any = REQUIRED
    help: str = ""
    secret: bool = False
    minimum: int | None = None
    dev: Dev | None = None
    several: str = ""

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def var(*, default: Any = REQUIRED, help: str = "", minimum: int | None = None, dev: Dev | None = None) -> Any:
    """Declare a setting that is not secret, inside a `Settings` class.

    default  the value where none is given; without a default the setting is required
    help     one sentence for the person who gives the value
    minimum  the smallest number that is accepted
    dev      how a development value is generated when none is given
    """
    return _field(default, {"help": help, "secret": False, "minimum": minimum, "dev": dev})


def secret(*, default: Any = REQUIRED, help: str = "", dev: Dev | None = None, several: str = "") -> Any:
    """Declare a secret setting, inside a `Settings` class. For development a required one is generated.

    default  the value where none is given; without a default the setting is required
    help     one sentence for the person who gives the value
    dev      how a development value is generated when none is given
    several  what stands between two values that hold at once, where the service takes each and shows the first
    """
    dev = Dev.RANDOM if default is REQUIRED and dev is None else dev
    return _field(default, {"help": help, "secret": True, "minimum": None, "dev": dev, "several": several})


def _field(default: Any, about: dict[str, Any]) -> Any:
    if default is REQUIRED:
        return dataclasses.field(metadata=about)
    return dataclasses.field(default=default, metadata=about, repr=not about["secret"])


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(var, secret))
class Settings:
    """The settings of a Python service, frozen and typed. A subclass declares them with `var` and `secret`.

    Each attribute is read from the environment variable of its name in capitals.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True, repr=False)(cls)

    def __repr__(self) -> str:
        """Leave secrets out of every output."""
        shown = (field.name for field in dataclasses.fields(self) if not field.metadata.get("secret"))
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @classmethod
    def declared(cls) -> tuple[Setting, ...]:
        kind: Any = cls  # a class is hashable, whatever its instances are
        return _declared(kind)


@cache  # each service is resolved in each environment, and reading the hints of a class is slow
def _declared(cls: type[Any]) -> tuple[Setting, ...]:
    hints = get_type_hints(cls)
    return tuple(_setting(field, hints[field.name]) for field in dataclasses.fields(cls))


def _setting(field: dataclasses.Field[Any], hint: Any) -> Setting:
    default = REQUIRED if field.default is dataclasses.MISSING else field.default
    return Setting(field.name.upper(), _plain(hint), default, **field.metadata)


def _plain(hint: Any) -> type:
    """Reduce `int | None` to int, `tuple[str, ...]` to tuple, and `Literal["a", "b"]` to str."""
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    if isinstance(hint, type) and not choices:
        return hint
    if getattr(hint, "__origin__", None) is tuple:
        return tuple
    return _plain(choices[0]) if get_origin(hint) is not Literal else type(choices[0])
