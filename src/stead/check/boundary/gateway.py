"""The gateway: its routes are the services' own, and it has no code."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.facts.position import Positions
from stead.check.one_cause import groups
from stead.check.rule import rule
from stead.check.source import SCRIPTS
from stead.model import Problem, SourceLocation
from stead.model.health import METRICS, PATHS
from stead.model.route import is_variable

OUTER = r"""["']?(/[^\s"'{};,\]]{0,500})"""
# How each gateway's own configuration writes a path.
CONFIGS = {
    re.compile(r".*nginx.*\.conf(?:\.template)?"): re.compile(
        rf"(?m)^[ \t]*location[ \t]+(?:=|~\*?|\^~)?[ \t]*\^?{OUTER}"
    ),
    re.compile(r"envoy.*\.(?:ya?ml|json)"): re.compile(
        rf"""["']?\b(?:prefix|path|path_separated_prefix|regex)["']?\s*:\s*{OUTER}"""
    ),
    re.compile(r"kong.*\.(?:ya?ml|json)"): re.compile(
        rf"""(?m)^[ \t]*-[ \t]+~?{OUTER}[ \t]*(?:#[^\n]*)?$|\bpaths["']?\s*:\s*\[\s*{OUTER}"""
    ),
    re.compile(r".*(?:oathkeeper|access-rules).*\.(?:ya?ml|json)"): re.compile(
        r"""["']?\burl["']?\s*:\s*["']?[^\s"']{0,50}?://(?:<[^>\s"']{0,99}>|[^/<\s"']){1,200}(/[^\s"']*)"""
    ),
    re.compile(r"Caddyfile.*"): re.compile(rf"(?m)^[ \t]*(?:handle|handle_path|route|reverse_proxy)[ \t]+{OUTER}"),
    re.compile(r"krakend.*\.json"): re.compile(rf""""endpoint"\s*:\s*{OUTER}"""),
}
FILES = ("/dev/", "/etc/", "/var/", "/tmp/", "/proc/", "/usr/", "/run/", "/opt/")  # noqa: S108 - told from routes
NGINX = re.compile(r".*nginx.*\.conf(?:\.template)?")
# What a location of nginx does, where it lets a request in: it hands it on, or answers by itself.
HANDS_ON = re.compile(r"\b(?:proxy|grpc|fastcgi|uwsgi|scgi)_pass[ \t]+(?:\w+://)?([^\s;/:]+)(?::[^\s;/]+)?(/?)")
ANSWERS = re.compile(r"\breturn[ \t]+2\d\d\b|_by_lua|\bjs_content\b|\becho[ \t]")
LONGEST = 4_000  # the longest location block that is read, in characters
MANY = 3  # paths of one file that a finding names
ANY = re.compile(r"[<({*\[$\\:]")
TEST = re.compile(r"test_.*|.*_test\.\w+|.*\.(?:test|spec|config)\.\w+")


@rule("BOUNDARY017")
def gateways_have_no_routes_of_their_own(context: Context) -> Iterator[Problem]:
    """A gateway's configuration in the repository has only routes that the description declares.

    The gateway admits the routes that services declare as public or for users. A path that only its own file has is
    neither checked nor documented nor secured. Declare the route on the service that answers it, or remove it. Files of
    nginx, Envoy, Kong, Oathkeeper, Caddy and KrakenD are read; all paths of one file are one finding. The rule skips a
    location of nginx that serves files, redirects or refuses. Reported only with `--strict`: requests that are
    forwarded under another path or to a target outside the description, such as a front end, and files of tests and
    examples.
    """
    if context.backend is None or context.backend.gateway is None:
        return
    known = [
        context.backend.gateway.prefix_of(service) + _literal(route.path)
        for service in context.services
        for route in service.routes
        if route.access != "service"
    ]
    names = frozenset(process.name for process in context.backend.processes)
    for path in context.tree.files:
        undeclared: dict[bool, list[At]] = {}
        for at, sure in _let_in(context, path, names):
            if not _is_known(_prefix(at.text), known):
                undeclared.setdefault(sure, []).append(at)
        for sure, every in undeclared.items():
            for ats in groups(context, "BOUNDARY017", every, partial(place, path)):
                yield _undeclared(context, path, ats, sure and not context.tree.is_sample(path))


def _undeclared(context: Context, path: Path, ats: list[At], sure: bool) -> Problem:
    assert context.backend
    assert context.backend.gateway
    more = f" and {len(ats) - MANY} more" if len(ats) > MANY else ""
    message = f"this gateway admits {', '.join(at.text for at in ats[:MANY])}{more}, which no route declares"
    mend = f'declare it on the service that answers: Route.public("GET", "{_prefix(ats[0].text)}")'
    return Problem("BOUNDARY017", message, place(path, ats[0]), mend, context.backend.gateway.where, sure=sure)


def _let_in(context: Context, path: Path, names: frozenset[str]) -> Iterator[tuple[At, bool]]:
    """Yield the paths that a file of a gateway lets in, and whether they come to a process under the same path."""
    pattern = next((pattern for name, pattern in CONFIGS.items() if name.fullmatch(path.name)), None)
    text = (context.tree.text(path) or "") if pattern else ""
    positions = Positions(text)
    for found in pattern.finditer(text) if pattern else ():
        group = next(number for number, outer in enumerate(found.groups(), start=1) if outer)
        outer = found[group]
        sure = _hands_on(text, found.end(), names) if NGINX.fullmatch(path.name) else True
        if sure is not None and _prefix(outer) and not outer.startswith((*FILES, *PATHS, METRICS)):
            yield positions.at(found.start(group), outer), sure


def _prefix(outer: str) -> str:
    return ANY.split(outer)[0].rstrip("/")


def _hands_on(text: str, start: int, names: frozenset[str]) -> bool | None:
    """Return whether a location answers by itself or hands on to a process as it is; None where it lets nothing in."""
    block = text[text.find("{", start) : start + LONGEST]
    block = block[: _end(block)]
    handed = HANDS_ON.search(block)
    if handed:
        return handed[1] in names and not handed[2]
    return True if ANSWERS.search(block) else None


def _end(block: str) -> int:
    """Return where a block ends that begins with its brace."""
    depth = 0
    for brace in re.finditer(r"[{}]", block):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return len(block)


def _literal(path: str) -> str:
    """Return a route's path as far as it is the same for every request."""
    segments = path.split("/")
    end = next((index for index, segment in enumerate(segments) if is_variable(segment)), len(segments))
    return "/".join(segments[:end])


def _is_known(prefix: str, known: list[str]) -> bool:
    return any(f"{path}/".startswith(f"{prefix}/") or f"{prefix}/".startswith(f"{path}/") for path in known)


@rule("BOUNDARY018", severity="warning")
def what_is_fronted_has_something_to_show(context: Context) -> Iterator[Problem]:
    """A service that the gateway fronts has a public route or one for users.

    Otherwise the gateway gets a key to the service without any use for it. Remove it from `fronts`, or declare the
    missing route.
    """
    gateway = context.backend.gateway if context.backend else None
    for service in gateway.fronts if gateway else ():
        if all(route.access == "service" for route in service.routes):
            message = f"the gateway fronts {service.name}, which has no public and no user route"
            assert gateway
            yield Problem("BOUNDARY018", message, gateway.where, f"remove {service.name} from fronts", service.where)


@rule("BOUNDARY021", severity="warning")
def gateways_have_no_code(context: Context) -> Iterator[Problem]:
    """The gateway has no code of its own.

    It is derived from the services' routes. A folder of its name with code is a hand-written gateway: either it no
    longer runs, or it makes decisions that belong to services. Move these into the services, and remove the folder.
    """
    gateway = context.backend.gateway if context.backend else None
    if gateway is None:
        return
    found: dict[Path, Path] = {}
    for path in context.tree.files:
        if path.suffix in SCRIPTS or path.suffix == ".py":
            folder = _named(path, context.root, gateway.name)
            if folder and path not in context.owner and not TEST.fullmatch(path.name):
                found.setdefault(folder, path)
    for folder, path in found.items():
        message = (
            f"{folder.relative_to(context.root)} has code, and {gateway.name} is derived from the services' routes"
        )
        mend = "move its decisions into the services, and remove it"
        yield Problem("BOUNDARY021", message, SourceLocation(str(path), 1, 1), mend, gateway.where)


def _named(path: Path, root: Path, name: str) -> Path | None:
    """Return the folder of that name that a file is in: `edge/` or `apps/edge/`; deeper is another's part."""
    parts = path.relative_to(root).parts[:-1]
    return root.joinpath(*parts[: parts.index(name) + 1]) if name in parts[:2] else None


RULES = (gateways_have_no_routes_of_their_own, what_is_fronted_has_something_to_show, gateways_have_no_code)
