"""Workers: a `wrangler.toml`, `.jsonc` or `.json` each, with vars for each environment, and the `Env` of the code.

Service bindings are calls. KV, D1, R2 and queues are in a run as the configuration binds them. Other bindings for which
a description has no noun are told by name, and their Worker is started by wrangler, which stands in for them.
`.dev.vars` gives names of secrets, never a value.
"""

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.adopt.environment import environment_of, label, without
from stead.adopt.evidence import Evidence, RoutePart, Value
from stead.adopt.sources.folders import package_manager
from stead.check.facts.toml import LARGEST
from stead.check.facts.value import is_secret_name
from stead.check.file_reference import BUILT
from stead.model.jsonc import without_comments
from stead.model.worker import ENTRY, entry_of
from stead.model.workers_validation import is_worker_path
from stead.model.wrangler import D1, KV, QUEUES, R2

NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")  # the first one that exists is used, as wrangler does
SECRETS = ".dev.vars"
ASSIGNED = re.compile(r"(?m)^[ \t]*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
RUNNERS = {"pnpm": "pnpm exec", "yarn": "yarn exec", "bun": "bunx", "npm": "npx"}
INTERFACE = re.compile(r"\b(?:interface|type)\s+(?:Env|Bindings|CloudflareBindings)\b[^{;\n]{0,200}\{([^}]*)\}")
FIELD = re.compile(r"([A-Z][A-Z0-9_]*)(\?)?\s*:\s*(\S.*)")
PLAIN = frozenset({"string", "number", "boolean", "string | undefined"})
SIMULATED = (KV, D1, R2, QUEUES)  # in a run, from the same file
SECTIONS = ("kv_namespaces", "d1_databases", "r2_buckets", "queues", "durable_objects", "hyperdrive",
            "analytics_engine_datasets", "vectorize", "ai", "browser", "triggers")  # fmt: skip


def read(found: Evidence) -> None:
    """Add each Worker."""
    parts: list[RoutePart] = []
    bound: list[tuple[RoutePart, Binding]] = []
    for path in _configurations(found):
        config = _parsed(found, path)
        if config and isinstance(config.get("name"), str):
            part = _part(found, path, config)
            parts.append(part)
            bound += [(part, binding) for binding in _services(config)]
            found.add([part], path.name)
    names = {part.name for part in parts}
    for part, binding in bound:
        _call(part, binding, names)


def _configurations(found: Evidence) -> Iterator[Path]:
    """Yield one configuration a folder; say of the others that wrangler ignores them, too."""
    first: dict[Path, Path] = {}
    for path in sorted(found.named(*NAMES)):
        chosen = first.setdefault(path.parent, path)
        if chosen != path:
            found.tree.notes.append(
                f"{found.name(path)}: wrangler reads {chosen.name} in its place; remove one of them"
            )
    yield from first.values()


def _parsed(found: Evidence, path: Path) -> Mapping[str, Any]:
    text = found.tree.text(path)
    if text is None:
        return {}
    if len(text) > LARGEST:
        found.tree.notes.append(f"{found.name(path)} was not read: {len(text):,} characters; {LARGEST:,} are the most")
        return {}
    try:
        config = tomllib.loads(text) if path.suffix == ".toml" else json.loads(without_comments(text))
    except (ValueError, RecursionError) as error:
        found.tree.notes.append(f"{found.name(path)} was not read: {error}")
        return {}
    return config if isinstance(config, Mapping) else {}


def _part(found: Evidence, path: Path, config: Mapping[str, Any]) -> RoutePart:
    file = found.name(path)
    part = RoutePart(without(config["name"]), file, "worker", folder=found.folder(path.parent))
    part.command = ("sh", "-c", f'exec {RUNNERS[package_manager(found, path.parent)]} wrangler dev --port "$PORT"')
    part.why = f"wrangler runs a Worker, and {file} is one's"
    declared = {**_declared(found, path, str(config.get("main", ""))), **_secrets(found, path, config)}
    part.values = {**declared, **_vars(config, file)}
    for name, section in _environments(config).items():
        environment = environment_of(name) or label(name)
        found.environments.add(environment)
        part.variants[environment] = _vars(section, file)
    _bind(part, config)
    part.worker = _source(found, path, config, part)
    main = config.get("main")
    if isinstance(main, str) and path.parent / main not in found.tree.known:
        part.unsure.append(f"what {part.name} runs: {file} names the entry {main}, and there is no such file")
    if "ENVIRONMENT" in _table(config, "vars"):
        found.environments.add(environment_of(str(config["vars"]["ENVIRONMENT"])) or "dev")
    return part


def _source(found: Evidence, path: Path, config: Mapping[str, Any], part: RoutePart) -> str:
    """Return what `worker=` names: the folder, or an entry of another name; nothing where only wrangler can run it."""
    main = config.get("main")
    if not isinstance(main, str) or part.unsure or (path.parent / main not in found.tree.known and _is_built(config)):
        return ""
    entry = posixpath.normpath(f"{part.folder or '.'}/{main}")
    source = entry.removesuffix(f"/{ENTRY}") if entry != ENTRY else "."
    return source if is_worker_path(source) and entry_of(source) == entry else ""


def _is_built(config: Mapping[str, Any]) -> bool:
    """Return whether the entry is made by a build: of Wrangler's own, or of one that leaves it where builds do."""
    return bool(_table(config, "build")) or not BUILT.isdisjoint(posixpath.normpath(str(config["main"])).split("/"))


def _bind(part: RoutePart, config: Mapping[str, Any]) -> None:
    """Process what the Worker is handed besides its variables, in any environment."""
    bindings: dict[str, str] = {}
    for section in (config, *_environments(config).values()):
        bindings |= dict(_bindings(section))
    part.unsure += [
        f"what stands for {name}, a binding of Cloudflare's ({kind})"
        for name, kind in bindings.items()
        if kind not in SIMULATED
    ]
    part.bound = (*bindings, *dict.fromkeys(binding.name for binding in _services(config)))


def _environments(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {name: section for name, section in _table(config, "env").items() if isinstance(section, Mapping)}


def _table(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = config.get(name)
    return table if isinstance(table, Mapping) else {}


def _vars(config: Mapping[str, Any], file: str) -> dict[str, Value]:
    return {name: _value(name, value, file) for name, value in _table(config, "vars").items()}


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


def _bindings(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the bindings for which a description has no noun: what they are called, and their kind."""
    for section in SECTIONS:
        for name in _names(config.get(section)):
            yield name, section


@dataclass(frozen=True, slots=True)
class Binding:
    """A service binding: its name, the Worker that it leads to, and the environment of the section that has it."""

    name: str
    service: str
    environment: str = ""


def _services(config: Mapping[str, Any]) -> Iterator[Binding]:
    """Yield the service bindings of every environment."""
    for environment, section in (("", config), *_environments(config).items()):
        services = section.get("services")
        for each in services if isinstance(services, list) else ():
            if isinstance(each, Mapping) and isinstance(each.get("service"), str):
                yield Binding(str(each.get("binding", "")), each["service"], environment)


def _call(part: RoutePart, binding: Binding, names: set[str]) -> None:
    """Process a call by a binding; say where it leads to no Worker here, or into another environment."""
    callee = binding.service if binding.service in names else without(binding.service)
    if callee not in names:
        part.unsure.append(f"where the service binding {binding.name} leads: no Worker here is named {binding.service}")
    elif callee not in part.callees:
        part.callees += (callee,)
        part.bindings[callee] = binding.name
    here = environment_of(binding.environment)
    there = environment_of(binding.service.rpartition("-")[2]) if binding.service != callee else ""
    if here and there and here != there:
        part.unsure.append(
            f"whether {binding.environment} is meant to call {binding.service}, "
            f"a Worker of another environment: {part.file} binds {binding.name} to it"
        )


def _secrets(found: Evidence, path: Path, config: Mapping[str, Any]) -> dict[str, Value]:
    """Return the secrets that a Worker requires, or has in its `.dev.vars`; they count as its own file's."""
    required = _table(config, "secrets").get("required")
    names = [name for name in (required if isinstance(required, list) else ()) if _is_name(name)]
    for file in found.tree.below(path.parent):
        if file.parent == path.parent and (file.name == SECRETS or file.name.startswith(f"{SECRETS}.")):
            names += ASSIGNED.findall(found.tree.text(file) or "")
    return {name: Value(None, found.name(path), secret=True) for name in names}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name)


def _names(value: Any) -> Iterator[str]:
    """Yield what bindings are called, wherever a section has them."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            name = here.get("binding") or here.get("name")
            if isinstance(name, str):
                yield name
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
