"""The gateway: its routes are the services' own, and it has no code."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts.position import Positions
from stead.check.rule import rule
from stead.check.source import SCRIPTS
from stead.model import Problem, SourceLocation
from stead.model.health import METRICS, PATHS
from stead.model.route import is_variable

OUTER = r"""["']?(/[^\s"'{};,\]]{0,500})"""
# How each gateway's own configuration says a path.
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
ANY = re.compile(r"[<({*\[$\\:]")
TEST = re.compile(r"test_.*|.*_test\.\w+|.*\.(?:test|spec|config)\.\w+")


@rule("BOUNDARY017")
def gateways_have_no_routes_of_their_own(context: Context) -> Iterator[Problem]:
    """A gateway's configuration in the repository has no route that the description has not.

    What the gateway admits is what services declare as public or for users; a path that only its own file knows is
    checked, documented and secured by nobody, and is where business logic begins to gather. Declare the route on the
    service that answers it, or remove it. Files of nginx, Envoy, Kong, Oathkeeper, Caddy and KrakenD are read.
    """
    if context.backend is None or context.backend.gateway is None:
        return
    known = [
        context.backend.gateway.prefix_of(service) + _literal(route.path)
        for service in context.services
        for route in service.routes
        if route.access != "service"
    ]
    for path in context.tree.files:
        pattern = next((pattern for name, pattern in CONFIGS.items() if name.fullmatch(path.name)), None)
        text = (context.tree.text(path) or "") if pattern else ""
        positions = Positions(text)
        for found in pattern.finditer(text) if pattern else ():
            group = next(number for number, outer in enumerate(found.groups(), start=1) if outer)
            outer = found[group]
            prefix = ANY.split(outer)[0].rstrip("/")
            if prefix and not outer.startswith((*FILES, *PATHS, METRICS)) and not _is_known(prefix, known):
                at = positions.at(found.start(group), outer)
                message = f"this gateway lets in {outer}, which no route declares"
                mend = f'declare it on the service that answers: Route.public("GET", "{prefix}")'
                yield Problem("BOUNDARY017", message, place(path, at), mend, context.backend.gateway.where)


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

    The gateway gets a key to it and a place in its rules, and lets nothing in. Remove it from `fronts`, or declare the
    route that is missing.
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

    It is derived from the services' routes. A folder of its name with code in it is a gateway that was written by hand:
    either it no longer runs, or it decides what services should decide. Move what it decides into the service that it
    concerns, and remove it.
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
        mend = "move what it decides into the services, and remove it"
        yield Problem("BOUNDARY021", message, SourceLocation(str(path), 1, 1), mend, gateway.where)


def _named(path: Path, root: Path, name: str) -> Path | None:
    """Return the folder of that name that a file is in: `edge/` or `apps/edge/`; deeper is another's part."""
    parts = path.relative_to(root).parts[:-1]
    return root.joinpath(*parts[: parts.index(name) + 1]) if name in parts[:2] else None


RULES = (gateways_have_no_routes_of_their_own, what_is_fronted_has_something_to_show, gateways_have_no_code)
