"""Hosts that nginx hands requests on to: nginx resolves them once, when it starts, and does not start without one."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from stead.check.compose.stack import compose_files
from stead.check.context import Context, place
from stead.check.facts.position import Positions
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.model import Problem

CONF = re.compile(r".*\.conf(?:\.template)?")
NAMED = re.compile(r"(?m)^[ \t]*upstream[ \t]+(?P<name>[^\s{]+)")
# A host that is written out, without a dot: with one, or with a variable, it is resolved by something else.
HOST = re.compile(
    r"(?m)^[^#\n]{0,500}?\b(?:(?:proxy|grpc|fastcgi|uwsgi|scgi)_pass[ \t]+(?:[a-z]+://)?|server[ \t]+)"
    r"(?P<host>[a-zA-Z][\w-]{0,62})(?=:(?!//)|[/;]|[ \t]+[a-z_]+=)"
)
HERE = frozenset({"localhost", "unix", "backup"})
SHOWN = 8  # names that the fix mentions


@rule("BOUNDARY024")
def upstreams_are_there(context: Context) -> Iterator[Problem]:
    """A host that nginx hands requests on to exists: a service of a Compose file or of the description.

    nginx resolves the host once, when it starts. If the name is unknown, it ends with "host not found in upstream", and
    none of its sites is served. The rule reads hosts without a dot, where the tree has a Compose file; it knows service
    names, `container_name`, `hostname`, aliases, `extra_hosts` and nginx's own `upstream`. Fix the name.
    """
    files = [path for path in context.tree.files if CONF.fullmatch(path.name)]
    texts = {path: text for path in files if "_pass" in (text := context.tree.text(path) or "") or "upstream" in text}
    names = context.once(_hosts) if texts else frozenset()
    if not names:
        return
    own = {found["name"] for text in texts.values() for found in NAMED.finditer(text)} | HERE
    for path, text in texts.items():
        positions = Positions(text)
        for found in HOST.finditer(text):
            host = found["host"]
            if host.lower() not in names and host not in own:
                yield _unknown(path, positions, found, names)


def _unknown(path: Path, positions: Positions, found: re.Match[str], names: frozenset[str]) -> Problem:
    near = next(iter(get_close_matches(found["host"], sorted(names), n=1)), "")
    shown = ", ".join(sorted(names)[:SHOWN])
    message = f"no service is called {found['host']}, so nginx does not start"
    mend = f"name {near}" if near else f"name an existing service: {shown}"
    return Problem("BOUNDARY024", message, place(path, positions.at(found.start("host"), "")), mend)


def _hosts(context: Context) -> frozenset[str]:
    """Return the names by which containers reach one another; none where the tree has no Compose file."""
    every = context.once(compose_files)
    found = {process.name for process in context.backend.processes} if context.backend and every else set()
    for config in every.values():
        for name, service in config.each("services"):
            found |= {name, service.text_at("container_name"), service.text_at("hostname"), *_aliases(service)}
    return frozenset(name.lower() for name in found if name)


def _aliases(service: MergedConfig) -> Iterator[str]:
    for _, network in service.each("networks"):
        yield from network.words("aliases")
    for text in service.words("links"):
        yield text.rpartition(":")[2]
    for text in service.words("extra_hosts"):
        yield re.split(r"[:=]", text)[0]
    extra = service.get("extra_hosts")
    yield from extra.members if extra is not None else ()


RULES = (upstreams_are_there,)
