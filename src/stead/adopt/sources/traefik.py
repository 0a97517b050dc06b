"""Traefik's labels: which paths it admits to a service."""

import re
from collections.abc import Iterator, Mapping

from stead.adopt.evidence import Front
from stead.model.dns_label import is_label

RULE = re.compile(r"traefik\.http\.routers\.([\w-]+)\.rule")
PATH = re.compile(r"(?:Path|PathPrefix)\(([^)]*)\)")
METHOD = re.compile(r"Method\(([^)]*)\)")
QUOTED = re.compile(r"[`\"']([^`\"']+)[`\"']")


def fronts(labels: Mapping[str, str], service: str, file: str) -> Iterator[Front]:
    """Yield a rule for each path that a router's rule names."""
    for label, rule in labels.items():
        found = RULE.fullmatch(label)
        methods = tuple(word for group in METHOD.findall(rule) for word in QUOTED.findall(group)) or ("ANY",)
        guarded = (
            any(key.startswith(f"traefik.http.routers.{found[1]}.middlewares") for key in labels) if found else False
        )
        for group in PATH.finditer(rule) if found and is_label(service) else ():
            note = "Traefik forwards every path below it" if "Prefix" in group[0] else ""
            for path in QUOTED.findall(group[1]):
                yield Front(service, methods, path, "user" if guarded else "public", file, note)
