"""nginx: which paths its locations pass on, and to which host."""

import re
from collections.abc import Iterator

from stead.adopt.evidence import Edge, Evidence, Front
from stead.adopt.text import host_of

LOCATION = re.compile(r"\blocation\s+(=|~\*?|\^~)?\s*([^\s{]+)\s*\{([^{}]*)\}")
PASS = re.compile(r"\bproxy_pass\s+(https?://[^;\s]+)\s*;")
UPSTREAM = re.compile(r"\bupstream\s+([\w.-]+)\s*\{\s*(?:[^{}]*?\b)?server\s+([\w.-]+)")
KIND = "nginx"


def read(found: Evidence) -> None:
    """Add the locations of every configuration that hands something on."""
    for path in found.named("*.conf", "*.conf.template"):
        text = found.tree.text(path) or ""
        if "proxy_pass" in text:
            rules = list(_fronts(re.sub(r"(?m)#.*$", "", text), found.name(path)))
            found.fronts += rules
            if rules:
                found.edges.append(Edge("nginx", found.name(path)))
                found.used[KIND] = None


def _fronts(text: str, file: str) -> Iterator[Front]:
    servers = dict(UPSTREAM.findall(text))
    for how, path, body in LOCATION.findall(text):
        handed = PASS.search(body)
        host = host_of(handed[1]) if handed and "$" not in handed[1] else ""
        if host and not how.startswith("~") and path != "/":
            note = "" if how == "=" else "nginx forwards every path below it"
            access = "user" if "auth_request" in body else "public"
            yield Front(servers.get(host, host), ("ANY",), path, access, file, note)  # type: ignore[arg-type]
