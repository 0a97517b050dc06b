"""Resources: what a process keeps its data in, by the addresses that it is told, or else by the names of variables."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from stead.adopt.process import Process
from stead.adopt.resource_parts import Parts, is_plain, parts_of
from stead.adopt.setting import is_meant_for
from stead.adopt.sketch import Remark, ResourceSketch, guessed, unsure

Kind = Literal["Postgres", "Redis", "Bucket"]
SCHEMES: dict[str, Kind] = {
    "postgres": "Postgres",
    "postgresql": "Postgres",
    "redis": "Redis",
    "rediss": "Redis",
    "s3": "Bucket",
}
USUAL: dict[Kind, str] = {"Postgres": "DATABASE_URL", "Redis": "REDIS_URL", "Bucket": "BUCKET_URL"}
KINDS: dict[str, Kind] = {"postgres": "Postgres", "redis": "Redis", "bucket": "Bucket"}
NAMES: dict[Kind, re.Pattern[str]] = {
    "Postgres": re.compile(r"(?:DATABASE|POSTGRES|PG|DB)_?(?:URL|URI|DSN)"),
    "Redis": re.compile(r"REDIS_?(?:URL|URI|DSN)"),
    "Bucket": re.compile(r"(?:BUCKET|S3)_?(?:URL|URI)"),
}
ADDRESS = re.compile(r"^(?P<jdbc>jdbc:)?(?P<rest>[a-z]+(?:\+\w+)?://\S+)$")
SCHEMA = re.compile(r"(?:^|&)currentSchema=(\w+)")
LOGIN = ("user", "password")  # what is beside a JDBC URL
HOST = re.compile(r"^(?:https?://)?(?P<host>[A-Za-z][\w.-]*)(?::\d+)?/?$")


@dataclass(frozen=True, slots=True)
class ResourceAddress:
    """What one variable tells of a resource: `is_address` when it is an address, so that Stead can give it."""

    kind: Kind
    name: str
    key: tuple[str, ...]
    is_address: bool
    jdbc: bool = False


def resources(process: Process, known: Mapping[str, str]) -> list[ResourceSketch]:
    """Return what a process needs. `known` has the role of each host that is a resource: `{"postgres": "postgres"}`."""
    addresses = list(_addresses(process, known))
    found = [_sketch(process, kind, [each for each in addresses if each.kind == kind]) for kind in NAMES]
    named = {resource.kind for resource in found if resource}
    return [
        resource
        for resource in (*found, *_named(process, named), *_from_dependencies(process, known, named))
        if resource
    ]


def _addresses(process: Process, known: Mapping[str, str]) -> Iterator[ResourceAddress]:
    defaults = {name: at.more.partition(":")[2] for name, at in process.reads.items() if at.more.startswith("default:")}
    raws = defaults | {name: value.raw for name, value in process.values.items() if value.raw}
    for name, raw in sorted(raws.items()):
        address = _by_scheme(name, raw) or _by_host(name, raw, process, known)
        if address:
            yield address


def _by_scheme(name: str, raw: str) -> ResourceAddress | None:
    address = ADDRESS.match(raw)
    scheme, _, rest = address["rest"].partition("://") if address else ("", "", "")
    kind = SCHEMES.get(scheme.partition("+")[0])
    if address is None or kind is None:
        return None
    place, _, query = rest.partition("?")
    netloc, _, path = place.partition("/")
    schema = SCHEMA.search(query)
    key = (kind, _host(netloc), path.strip("/"), schema[1] if schema else "")
    return ResourceAddress(kind, name, key, True, bool(address["jdbc"]))


def _by_host(name: str, raw: str, process: Process, known: Mapping[str, str]) -> ResourceAddress | None:
    host = HOST.match(raw)
    kind = KINDS.get(known.get(_host(host["host"]), "")) if host else None
    if host is None or kind is None:
        return None
    return ResourceAddress(kind, name, (kind, _host(host["host"]), process.name, ""), False)


def _host(netloc: str) -> str:
    """Return a host's first name: `postgres` of `postgres.platform.svc.cluster.local:5432`."""
    return netloc.rpartition("@")[2].partition(":")[0].partition(".")[0]


def _sketch(process: Process, kind: Kind, addresses: list[ResourceAddress]) -> ResourceSketch | None:
    if not addresses:
        return None
    best = next((each for each in addresses if each.is_address), addresses[0])
    beside = tuple(name for name in _related_variables(process, best) if name != best.name)
    parts = _parts(process, best, beside)
    remarks: tuple[Remark, ...] = _without_user(kind, parts) if parts else _unclear(best, beside)
    if best.key[-1]:
        remarks = (*remarks, guessed("a separate database; today it has a schema in a shared one"))
    setting = best.name if best.is_address and not parts else USUAL[kind]
    return ResourceSketch(kind, setting, _key(process, best, parts), beside, remarks, parts)


def _key(process: Process, best: ResourceAddress, parts: Parts) -> tuple[str, ...]:
    """Return what tells one database from another: two programs that are given one host and one name share it."""
    value = process.values.get(dict(parts).get("name", ""))
    if best.is_address or value is None or not value.raw:
        return best.key
    kind, host, _, schema = best.key
    return (kind, host, value.raw, schema)


def _parts(process: Process, best: ResourceAddress, beside: tuple[str, ...]) -> Parts:
    """Return the variables that hold a part of the URL; none where one variable holds the whole of it."""
    stem = best.name.rpartition("_")[0] + "_"
    if best.jdbc and best.name != USUAL[best.kind]:
        return (("jdbc", best.name), *(each for each in parts_of(best.kind, stem, beside) if each[0] in LOGIN))
    found = () if best.is_address else parts_of(best.kind, stem, (best.name, *beside))
    value = process.values.get(best.name)
    holds_address = any(name == best.name for _, name in found)
    return found if holds_address and value is not None and is_plain(best.kind, value.raw) else ()


def _without_user(kind: Kind, parts: Parts) -> tuple[Remark, ...]:
    """Say that a program logs in to Redis without a user: here each process has a user of its own."""
    if kind != "Redis" or "user" in dict(parts):
        return ()
    return (unsure("in which variable it reads its Redis user, without which it is refused: parts={'user': …}"),)


def _unclear(best: ResourceAddress, beside: tuple[str, ...]) -> tuple[Remark, ...]:
    """Say what a program reads that no form of a URL is."""
    if best.jdbc:
        also = f", with {_list(list(beside))} beside it" if beside else ""
        return (unsure(f"how it takes a postgresql:// URL: it reads a jdbc: one{also}"),)
    if best.is_address:
        return ()
    return (unsure(f"how it takes one URL: it reads {_list(sorted((best.name, *beside)))}"),)


def _related_variables(process: Process, address: ResourceAddress) -> list[str]:
    """Return the variables that belong together: `REDIS_HOST`, `REDIS_PORT`, `REDIS_PASSWORD`."""
    stem = address.name.rpartition("_")[0] + "_"
    names = (name for name in {*process.values, *process.reads} if name.startswith(stem))
    return sorted(name for name in names if is_meant_for(process, name))


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _named(process: Process, done: set[Kind]) -> Iterator[ResourceSketch]:
    """Yield what variables without a value tell by their names."""
    for kind, pattern in NAMES.items():
        names = sorted(name for name in {*process.values, *process.reads} if pattern.fullmatch(name))
        if names and kind not in done:
            done.add(kind)
            optional = process.values[names[0]].optional if names[0] in process.values else False
            why = f"by the name of {names[0]}" + (", which its code does not require" if optional else "")
            source = process.folder or process.name  # a program and the job that migrates its database share it
            yield ResourceSketch(kind, names[0], (kind, "", source, ""), remarks=(guessed(why),))


def _from_dependencies(process: Process, known: Mapping[str, str], done: set[Kind]) -> Iterator[ResourceSketch]:
    """Yield what a process waits for, without being told where it is."""
    for name in dict.fromkeys(name for part in process.parts for name in part.after):
        kind = KINDS.get(known.get(name, ""))
        if kind and kind not in done:
            done.add(kind)
            yield ResourceSketch(
                kind, USUAL[kind], (kind, name, process.name, ""), remarks=(guessed(f"it waits for {name}"),)
            )
