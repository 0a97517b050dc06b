"""The bindings in a Worker's own wrangler configuration: KV, D1, R2, queues, Hyperdrive; and the queues that it
consumes.

https://developers.cloudflare.com/workers/wrangler/configuration/#bindings
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.model.jsonc import without_comments

NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")  # the first one that exists is used, as wrangler does
LARGEST = 50_000  # characters; a hostile one takes the parser a time that grows with the square
KV, D1, R2, HYPERDRIVE, QUEUES = "kv_namespaces", "d1_databases", "r2_buckets", "hyperdrive", "queues"
RESOURCES = {KV: ("id",), D1: ("database_id", "database_name"), R2: ("bucket_name",), HYPERDRIVE: ("id",)}
CONSUMER = {  # of wrangler's name, the name in the runtime
    "max_batch_size": "maxBatchSize",
    "max_batch_timeout": "maxBatchTimeout",
    "max_retries": "maxRetries",
    "dead_letter_queue": "deadLetterQueue",
    "retry_delay": "retryDelay",
}


@dataclass(frozen=True, slots=True)
class Binding:
    """One resource of a Worker: its table in the configuration, its name in `env`, and the resource's id or name."""

    kind: str
    name: str
    resource: str


@dataclass(frozen=True, slots=True)
class Consumer:
    """A queue that a Worker consumes, with the options of the delivery by their names in the runtime."""

    queue: str
    options: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bindings:
    """All that a section of a configuration binds."""

    bindings: tuple[Binding, ...] = ()
    consumers: tuple[Consumer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bindings or self.consumers)


def parsed(name: str, text: str) -> Mapping[str, Any]:
    """Return a configuration as a table; ValueError with the reason when it cannot be read."""
    if len(text) > LARGEST:
        raise ValueError(f"it has {len(text):,} characters; {LARGEST:,} are the most")
    try:
        table = tomllib.loads(text) if name.endswith(".toml") else json.loads(without_comments(text))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(table, Mapping):
        raise ValueError("it is not a table")  # noqa: TRY004 - the text is wrong, and no argument
    return table


def bindings_of(table: Mapping[str, Any], environment: str) -> Bindings:
    """Return the bindings for an environment: of its section, else of the top, else of the first section with any."""
    sections = _mapping(table, "env")
    ordered = [sections.get(environment), table, *sections.values()]
    every = (section_bindings(each) for each in ordered if isinstance(each, Mapping))
    return next((each for each in every if each), Bindings())


def section_bindings(section: Mapping[str, Any]) -> Bindings:
    """Return the bindings of one section; sections inherit nothing."""
    queues = _mapping(section, QUEUES)
    consumers = [_consumer(each) for each in _tables(queues, "consumers") if isinstance(each.get("queue"), str)]
    return Bindings((*_resources(section), *_producers(queues)), tuple(consumers))


def _resources(section: Mapping[str, Any]) -> Iterator[Binding]:
    for kind, keys in RESOURCES.items():
        for each in _tables(section, kind):
            name = each.get("binding")
            if isinstance(name, str):
                yield Binding(kind, name, next((str(each[key]) for key in keys if each.get(key)), name))


def _producers(queues: Mapping[str, Any]) -> Iterator[Binding]:
    for each in _tables(queues, "producers"):
        if isinstance(each.get("binding"), str) and isinstance(each.get("queue"), str):
            yield Binding(QUEUES, each["binding"], each["queue"])


def _consumer(each: Mapping[str, Any]) -> Consumer:
    return Consumer(each["queue"], {CONSUMER[key]: value for key, value in each.items() if key in CONSUMER})


def _mapping(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    return found if isinstance(found, Mapping) else {}


def _tables(table: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    listed = table.get(name)
    yield from (each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, Mapping))
