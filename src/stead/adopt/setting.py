"""Settings: which variables a process is told, of which type, with which default; and which of them are secrets."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from stead.adopt.evidence import Value
from stead.adopt.process import Process
from stead.adopt.secret import is_secret
from stead.adopt.sketch import SettingSketch, guessed
from stead.check.facts import At
from stead.check.setting.secret import is_secret_setting
from stead.check.setting.usage import PLATFORM_NAMES
from stead.model import Setting
from stead.model.setting import REQUIRED
from stead.model.wiring import ENVIRONMENT, KEYRING, PORT, SERVICE_NAME, VERSION

DERIVED = frozenset(setting.name for setting in (ENVIRONMENT, VERSION, SERVICE_NAME, PORT, KEYRING))
PORTS = frozenset({"PORT", "SERVER_PORT", "HTTP_PORT", "LISTEN_PORT", "APP_PORT", "SERVICE_PORT"})
RUNTIME = re.compile(r"(?:NODE|NPM|JAVA|JDK|GO|GC|PYTHON|UV|PIP|OTEL|LC|XDG)_\w+|PYTHON\w*")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
# A secret that only this backend uses: on a laptop any value will do.
OWN = re.compile(
    r"(?:JWT|SESSION|COOKIE|SIGNING|CSRF|HASH|(?:ACCESS_|REFRESH_)?TOKEN|AUTH|NEXTAUTH|APP)_(?:SECRET|SALT)(?:_KEY)?"
    r"|(?:DJANGO_|FLASK_|APP_)?SECRET_KEY(?:_BASE)?|(?:COOKIE|SESSION|SIGNING|CSRF)_KEY"
)
WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
NUMBER = re.compile(r"-?\d+\.\d+")
WORDS = {"true": True, "false": False}
PLURAL = re.compile(r"(?:ORIGINS|HOSTS|URLS|NAMES|IDS|LIST|SCOPES|ROLES|ZONES|DOMAINS|BROKERS|SERVERS|PATHS)$")


def settings(process: Process, derived: Iterable[str]) -> list[SettingSketch]:
    """Return the settings of a process, sorted by name, without those that Stead derives."""
    given, known = process.values, frozenset(derived) | DERIVED | PORTS
    names = [name for name in given if is_meant_for(process, name)]
    names += [name for name in process.reads if name not in given and _is_its_own(name)]
    wanted = sorted(name for name in set(names) - known - process.bound if NAME.fullmatch(name))
    return [_setting(process, name, given.get(name)) for name in wanted]


def is_meant_for(process: Process, name: str) -> bool:
    """Return whether a variable is meant for a process: an env file for all gives it more than it reads."""
    giving = [part for part in process.parts if name in part.values]
    if giving and all(part.values[name].file != part.file for part in giving) and process.reads:
        return name in process.reads
    return True


def _is_its_own(name: str) -> bool:
    return name not in PLATFORM_NAMES and not RUNTIME.fullmatch(name)


def _setting(process: Process, name: str, value: Value | None) -> SettingSketch:
    read = process.reads.get(name)
    variants = [values[name].text for values in process.variants.values() if name in values]
    code = _default(read)
    texts = [text for text in (value.text if value else None, code, *variants) if text is not None]
    raws = [value.raw] if value and value.raw else []  # with a reference instead of the password
    given = value.text if value else None
    shown = Setting(name, default=given if given is not None else code)
    if (
        (value and value.secret)
        or is_secret(name, *texts, *raws)
        or (not _is_typed(name, texts) and is_secret_setting(shown))
    ):
        free = _is_optional(value, read) or (value is None and any(part.values for part in process.parts))
        default = None if free else REQUIRED
        random = default is REQUIRED and bool(OWN.fullmatch(name))
        return SettingSketch(name, str, default, True, value.help if value else "", random=random)
    kind = type_of(name, texts)
    text = given if given is not None else code
    # It runs without what nothing gives it that gives it other things.
    free = _is_optional(value, read) or (value is None and any(part.values for part in process.parts))
    default = converted(text, kind) if text is not None else None if free else REQUIRED
    alone = kind is tuple and not any("," in text for text in texts)
    remarks = (guessed("several values, by its name"),) if alone else ()
    return SettingSketch(name, kind, default, False, value.help if value else "", remarks)


def _is_typed(name: str, texts: list[str]) -> bool:
    """Recognise a number or a switch, which is not a secret whatever its name: `TOKEN_LENGTH_KEY=5`."""
    return type_of(name, texts) is not str


def _default(read: At | None) -> str | None:
    """Return the default that the code gives, where it is plain."""
    text = read.more.partition(":")[2] if read and read.more.startswith("default:") else None
    return None if text is not None and "${" in text else text


def _is_optional(value: Value | None, read: At | None) -> bool:
    return bool((value and value.optional) or (read and read.more))


def type_of(name: str, texts: list[str]) -> type:
    """Return the type that all values of a variable have."""
    if PLURAL.search(name) and any("," in text or "://" in text for text in texts):
        return tuple
    if texts and all(text.lower() in WORDS for text in texts):
        return bool
    if texts and all(WHOLE.fullmatch(text) for text in texts):
        return int
    if texts and all(WHOLE.fullmatch(text) or NUMBER.fullmatch(text) for text in texts):
        return float
    return str


def converted(text: str, kind: type) -> Any:
    """Return a value as the description has it."""
    if kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind is bool:
        return WORDS[text.lower()]
    return kind(text)


def agreed(all_settings: list[list[SettingSketch]]) -> dict[str, tuple[type, bool]]:
    """Return for each name the type and the secrecy that all who have it can share.

    Who has no value for it has no say in its type.
    """
    every = [setting for settings in all_settings for setting in settings]
    candidates = [setting for setting in every if setting.default not in (REQUIRED, None) or setting.type is not str]
    found: dict[str, tuple[type, bool]] = {}
    for setting in (*candidates, *(setting for setting in every if setting.secret)):
        kind, secret = found.get(setting.name, (setting.type, setting.secret))
        same = kind if kind is setting.type else float if {kind, setting.type} == {int, float} else str
        found[setting.name] = (str if secret or setting.secret else same, secret or setting.secret)
    return {setting.name: (setting.type, setting.secret) for setting in every} | found


def merged(setting: SettingSketch, kind: type, secret: bool) -> SettingSketch:
    """Return a setting as all who have it agree on it."""
    if (setting.type, setting.secret) == (kind, secret):
        return setting
    if secret:
        default = REQUIRED if setting.default is REQUIRED else None
    else:
        default = setting.default if setting.default in (REQUIRED, None) else _other(setting.default, kind)
    return replace(setting, type=kind, secret=secret, default=default)


def _other(value: Any, kind: type) -> Any:
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return converted(text, kind)
