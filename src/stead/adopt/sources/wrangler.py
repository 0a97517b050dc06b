"""Workers: a `wrangler.toml` each, with vars for each environment, and the `Env` that the code declares."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.adopt.environment import environment_of, label, without
from stead.adopt.evidence import Evidence, RoutePart, Value
from stead.check.facts.toml import LARGEST
from stead.check.facts.value import is_secret_name

NAME = "wrangler.toml"
KIND = "wrangler.toml"
INTERFACE = re.compile(r"\b(?:interface|type)\s+(?:Env|Bindings|CloudflareBindings)\b[^{;\n]{0,200}\{([^}]*)\}")
FIELD = re.compile(r"([A-Z][A-Z0-9_]*)(\?)?\s*:\s*(\S.*)")
PLAIN = frozenset({"string", "number", "boolean", "string | undefined"})
SECTIONS = ("kv_namespaces", "d1_databases", "r2_buckets", "queues", "durable_objects", "hyperdrive",
            "analytics_engine_datasets", "vectorize", "ai", "browser", "triggers")  # fmt: skip


def read(found: Evidence) -> None:
    """Add each Worker."""
    for path in found.named(NAME):
        said = _parsed(found, path)
        if said and isinstance(said.get("name"), str):
            found.add([_part(found, path, said)], KIND)


def _parsed(found: Evidence, path: Path) -> Mapping[str, Any]:
    text = found.tree.text(path)
    if text is None or len(text) > LARGEST:
        return {}
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found.tree.notes.append(f"{path} was not read: {error}")
        return {}


def _part(found: Evidence, path: Path, said: Mapping[str, Any]) -> RoutePart:
    file = found.name(path)
    part = RoutePart(without(said["name"]), file, "worker", folder=found.folder(path.parent))
    part.values = {**_declared(found, path, str(said.get("main", ""))), **_vars(said, file)}
    for name, section in _table(said, "env").items():
        if isinstance(section, Mapping):
            environment = environment_of(name) or label(name)
            found.environments.add(environment)
            part.variants[environment] = _vars(section, file)
    bindings = dict(_bindings(said))
    for section in _table(said, "env").values():
        bindings |= dict(_bindings(section)) if isinstance(section, Mapping) else {}
    part.bound = tuple(bindings)
    part.unsure += [f"what stands for {name}, a binding of Cloudflare's ({kind})" for name, kind in bindings.items()]
    part.after = tuple(_services(said))
    if "ENVIRONMENT" in _table(said, "vars"):
        found.environments.add(environment_of(str(said["vars"]["ENVIRONMENT"])) or "dev")
    return part


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = said.get(name)
    return table if isinstance(table, Mapping) else {}


def _vars(said: Mapping[str, Any], file: str) -> dict[str, Value]:
    return {name: _value(name, value, file) for name, value in _table(said, "vars").items()}


def _value(name: str, value: Any, file: str) -> Value:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    secret = is_secret_name(name)
    return Value(None if secret else text, file, text, secret)


def _declared(found: Evidence, path: Path, main: str) -> dict[str, Value]:
    """Return what the code says that it is given; what has a type of Cloudflare's is a binding, and no variable."""
    text = found.tree.text(path.parent / main) if main else None
    declared: dict[str, Value] = {}
    for block in INTERFACE.findall(text or ""):
        for line in re.split(r"[;,\n]", block):
            field = FIELD.fullmatch(line.strip())
            if field and field[3] in PLAIN:
                file = found.name(path.parent / main)
                declared[field[1]] = Value(None, file, secret=is_secret_name(field[1]), optional=bool(field[2]))
    return declared


def _bindings(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the bindings for which a description has no noun: what they are called, and their kind."""
    for section in SECTIONS:
        for name in _names(said.get(section)):
            yield name, section


def _services(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the Workers that a Worker calls by a binding."""
    for binding in said["services"] if isinstance(said.get("services"), list) else ():
        if isinstance(binding, Mapping) and isinstance(binding.get("service"), str):
            yield without(binding["service"])


def _names(said: Any) -> Iterator[str]:
    """Yield what bindings are called, wherever a section has them."""
    waiting = [said]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            name = here.get("binding") or here.get("name")
            if isinstance(name, str):
                yield name
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
