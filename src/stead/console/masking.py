"""Masks the secrets of a backend wherever their text appears: in what is recorded, and in what is answered.

A secret is what `.stead/secrets.json` holds, and what a person gave, in the environment or in the env file, to a
setting that is declared a secret. They are found as bytes, whatever field, log line or span they are in. The pattern of
`stead.kit.log`, the rejected option, knows only secrets of a known form.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from dotenv import dotenv_values

from stead.console.config import Graph
from stead.run.log_file import SHORTEST
from stead.run.secrets import FILE, Secrets
from stead.run.state_directory import Folder

HIDDEN = "•••"

Row = TypeVar("Row", bound=tuple[Any, ...])


class Mask:
    """The secrets of one backend; read anew when their files have changed. `graph` returns its description."""

    def __init__(self, folder: Folder, environments: Iterable[str], graph: Callable[[], Graph]) -> None:
        self._folder, self._graph = folder, graph
        self._env_files = [folder.description.with_name(f".env.{name}") for name in environments]
        self._known: tuple[object, tuple[str, ...]] = (None, ())

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return _masked_text(text, self._secrets())

    def value(self, value: Any) -> Any:
        """Return a value as JSON has it, without secrets in any text of it."""
        return _masked(value, self._secrets())

    def json(self, body: bytes) -> bytes:
        """Return JSON without secrets."""
        return _in_json(body, self._secrets())

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """Return rows without secrets: all are looked through at once, and most hold none."""
        everything, secrets = (
            "\0".join(value for row in rows for value in row if isinstance(value, str)),
            self._secrets(),
        )
        found = any(secret in everything for secret in secrets)
        return [_without(row, secrets) for row in rows] if found else list(rows)

    def _secrets(self) -> tuple[str, ...]:
        graph = self._graph()
        state = (_changed(self._folder.path / FILE), tuple(map(_changed, self._env_files)), graph)
        if self._known[0] != state:
            self._known = (state, _forms(Secrets(self._folder, read_only=True).all(), self._given(graph)))
        return self._known[1]

    def _given(self, graph: Graph) -> Iterable[str]:
        names = {each.name for node in graph.nodes for each in node.settings if each.secret}
        sources: list[Mapping[str, str | None]] = [os.environ, *map(env_values, self._env_files)]
        for source in sources:  # all of them: the environment of this process may not be that of the run
            yield from (source.get(name) or "" for name in names)


def env_values(file: Path) -> Mapping[str, str | None]:
    """Return what an env file gives; nothing when there is none."""
    return dotenv_values(file, interpolate=False) if file.is_file() else {}


def _forms(*secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the secrets, the longest first, each also as it is written inside of JSON, and of JSON in JSON.

    Many programs write JSON in ASCII only.
    """
    found: set[str] = set()
    for secret in (text for each in secrets for text in each if len(text) >= SHORTEST):
        found.add(secret)
        for ascii_only in (False, True):
            once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
            found |= {once, json.dumps(once, ensure_ascii=False)[1:-1]}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _without(row: Row, secrets: Sequence[str]) -> Row:
    values = (_of_column(value, secrets) if isinstance(value, str) else value for value in row)
    return type(row)(*values) if hasattr(row, "_fields") else type(row)(values)


def _of_column(text: str, secrets: Sequence[str]) -> str:
    """Return the value of a column, of which some hold JSON."""
    with suppress(msgspec.MsgspecError, RecursionError):  # it only looks like JSON
        if text.startswith(("{", "[")):
            return _in_json(text.encode(), secrets).decode()
    return _masked_text(text, secrets)


def _in_json(body: bytes, secrets: Sequence[str]) -> bytes:
    """Return JSON without secrets. It stays JSON, also where a secret such as `471100` is a part of a number."""
    if not any(secret.encode() in body for secret in secrets):
        return body
    return msgspec.json.encode(_masked(msgspec.json.decode(body), secrets))


def _masked(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        return _masked_text(value, secrets)
    if isinstance(value, dict):
        return {_masked_text(name, secrets): _masked(each, secrets) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, secrets) for each in value]
    return HIDDEN if isinstance(value, int | float) and str(value) in secrets else value


def _masked_text(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
