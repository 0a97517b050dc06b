"""Settings from the environment: those of every Python service, and how they are parsed.

`read` parses all declared settings and reports all problems in one error. pydantic converts the
values, one by one and imported late: its own settings class would stop at its own idea of names and print values.

Errors:
    SettingsError    what the environment says cannot be used; the text is fit to print and holds no secret
"""

import dataclasses
import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from stead.model import Setting, Settings, SteadError, secret, var
from stead.model.environment_value import SUFFIX, given
from stead.model.gateway import TRACES
from stead.model.request_limits import MAX_BODY, MAX_HEADER_BYTES, MAX_HEADERS, RequestLimits

EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h
SHOWN = 60  # characters of a wrong value that are shown

S = TypeVar("S", bound=Settings)

_EXPECTED = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "values separated by commas",
}


Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class ServiceSettings(Settings):
    """The settings of every service of the kit."""

    environment: str = var(default="dev", help="The environment's name, which /health reports.")
    version: str = var(default="dev", help="The deployed version: a commit or a release, which /health reports.")
    service_name: str = var(help="The service's name in the description.")
    port: int = var(default=8000, minimum=0, help="The port to listen on.")
    service_jwt_secret: str | None = secret(
        default=None, help="The key that signs this service's calls: a JWK or a shared secret."
    )
    service_jwt_keys: str | None = var(default=None, help="The public keys of the declared callers: a JWK set.")
    max_body_bytes: int = var(default=MAX_BODY, minimum=1, help="The largest request body, in bytes.")
    max_headers: int = var(default=MAX_HEADERS, minimum=1, help="The largest number of headers of a request.")
    max_header_bytes: int = var(
        default=MAX_HEADER_BYTES, minimum=1, help="The largest size of a request's headers, in bytes."
    )
    log_level: Level = var(default="INFO", help="The log level: DEBUG, INFO, WARNING or ERROR.")
    otel_exporter_otlp_endpoint: str | None = var(default=None, help=TRACES.help)

    @property
    def request_limits(self) -> RequestLimits:
        return RequestLimits(self.max_body_bytes, self.max_headers, self.max_header_bytes)


class DatabaseSettings(ServiceSettings):
    """The settings of a service with a PostgreSQL database."""

    database_url: str = secret(help="The service's own database: a postgresql:// URL.")
    database_pool: int = var(default=8, minimum=1, help="The most connections of one process.")


class SettingsError(SteadError):
    """The environment cannot be used; `problems` has one line for each setting that is wrong."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        wrong = "1 setting is" if len(self.problems) == 1 else f"{len(self.problems)} settings are"
        super().__init__("\n".join([f"{wrong} wrong:", *(f"  {problem}" for problem in self.problems)]))


def read(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read settings from the environment; SettingsError names all that are missing or malformed.

    An empty value counts as unset. A setting without a value is read from the file in `<NAME>_FILE`, if that is set.
    """
    environ = os.environ if environ is None else environ
    names = {setting.name for setting in kind.declared()}
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field, setting in zip(dataclasses.fields(kind), kind.declared(), strict=True):
        try:
            raw = _raw(setting.name, names, environ)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{setting.name}{SUFFIX} names a file that cannot be read: {_error_text(error)}.")
            continue
        if raw:
            try:
                values[field.name] = _value(raw, hints[field.name], setting)
            except ValueError:
                problems.append(_malformed(setting, raw, hints[field.name]))
        elif setting.required:
            problems.append(_line(setting, "is missing"))
    if problems:
        raise SettingsError(problems)
    return kind(**values)


def _raw(name: str, declared: Collection[str], environ: Mapping[str, str]) -> str:
    """Return the text of a setting; a `<NAME>_FILE` that is a setting itself is that, and names no file for us."""
    return environ.get(name, "") if name + SUFFIX in declared else given(environ, name)


def _error_text(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not text"


def _value(raw: str, hint: Any, setting: Setting) -> Any:
    if setting.type is str and get_origin(hint) is None:
        return raw
    if get_origin(hint) is Literal:
        return _chosen(raw, get_args(hint))
    from pydantic import TypeAdapter  # imported late: it costs a tenth of a second, and tests of rules need none of it

    parts = [part.strip() for part in raw.split(",") if part.strip()] if setting.type is tuple else raw
    value = TypeAdapter(hint).validate_python(parts)
    if setting.minimum is not None and value < setting.minimum:
        raise ValueError(value)
    return value


def _chosen(raw: str, choices: tuple[str, ...]) -> str:
    """Return the matching choice, regardless of case; ValueError without a match."""
    for each in choices:
        if each.casefold() == raw.casefold():
            return each
    raise ValueError(raw)


def _malformed(setting: Setting, raw: str, hint: Any) -> str:
    shown = raw if len(raw) <= SHOWN else raw[:SHOWN] + "…"
    choices = ", ".join(get_args(hint)) if get_origin(hint) is Literal else ""
    return _line(setting, "is malformed" if setting.secret else f"is {shown!r}", choices)


def _line(setting: Setting, fault: str, choices: str = "") -> str:
    bound = "" if setting.minimum is None else f", at least {setting.minimum}"
    about = f" {setting.help}" if setting.help else ""
    expected = f"one of {choices}" if choices else _EXPECTED.get(setting.type, setting.type.__name__)
    return f"{setting.name} {fault}; expected {expected}{bound}.{about}"
