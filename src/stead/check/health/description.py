"""Health as the description and the sources have it."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.source import ASIDE, CODE
from stead.model import AnyService, Problem
from stead.model.health import HEALTH, METRICS, PATHS

TAKEN = frozenset({*PATHS, METRICS})
GRPC = re.compile(
    r"grpc\.health|google\.golang\.org/grpc|@grpc/|\bgrpcio\b|\bimport grpc\b|\bio\.grpc\b|Grpc\.AspNetCore"
)
SHARED = CODE - {".py", ".yml", ".yaml"}  # imports in Python are followed, so that nothing is left to be supposed
OTHERS = ("actuator", "HealthChecks", "healthcheck")  # words by which a framework answers at a path of its own


@rule("HEALTH010")
def no_route_takes_a_health_path(context: Context) -> Iterator[Problem]:
    """No route is declared for `/health`, `/version`, `/livez`, `/readyz` or `/metrics`.

    Every service answers these, to those who run it; a route would bring them to the internet through the gateway, or
    ask for a token where nobody has one. Remove the route, or give it another path.
    """
    for service in context.services:
        for route in service.routes:
            if route.path in TAKEN:
                message = f"{route} of {service.name} takes a path that every service answers by itself"
                yield Problem(
                    "HEALTH010", message, route.where, "remove the route, or give it another path", service.where
                )


@rule("HEALTH011")
def the_contract_has_one_path(context: Context) -> Iterator[Problem]:
    """A service that keeps the health contract answers at `/health`.

    Smoke tests, monitors and orchestrators ask every service alike. Another path belongs to a stranger's program, with
    a body of its own: `Health(path="/ping", contract=False)`.
    """
    for service in context.services:
        if service.health.contract and service.health.path != HEALTH:
            message = f"{service.name} keeps the health contract at {service.health.path}, and not at {HEALTH}"
            mend = f"answer at {HEALTH}, or say contract=False for a program with an answer of its own"
            yield Problem("HEALTH011", message, service.where, mend)


@rule("HEALTH012", severity="warning", sure=False)
def commands_answer_for_their_health(context: Context) -> Iterator[Problem]:
    """The source of a command mentions the path at which it answers for its health.

    Where nothing in the source knows of `/health`, the service would never count as started. Answer it there, without
    auth and without a database; for a program that has its own, say `Health(path=…, contract=False)`. A program that
    speaks gRPC, or whose route may be in code that services share, is not asked about.
    """
    for service in (each for each in context.services if each.health.by_path and not each.is_worker):
        if service.command and context.own[service.name] and not _mentions(context, service):
            message = f"nothing in the source of {service.name} answers {service.health.path}"
            mend = f"answer GET {service.health.path}, or say Health(path=…, contract=False)"
            mend += "" if service.routes else ", or port=None for a worker, which listens nowhere"
            yield Problem("HEALTH012", message, service.where, mend)


def _mentions(context: Context, service: AnyService) -> bool:
    path = service.health.path
    words = (word for file in context.sources[service.name] for word in context.facts(file).words)
    if any(word.startswith(path) for word in words):
        return True
    folder = context.folders[service.name]
    paths = dict.fromkeys((*context.sources[service.name], *(context.tree.below(folder) if folder else ())))
    sources = (context.tree.text(file) or "" for file in paths if file != context.file)
    texts = [text for text in sources if text]
    if any(word in text for text in texts for word in (path, *OTHERS)) or any(GRPC.search(text) for text in texts):
        return True
    return path in context.once(_shared)


def _shared(context: Context) -> frozenset[str]:
    """Return the health paths that code outside all services' folders mentions: a library answers there for them."""
    homes = {folder for folder in context.folders.values() if folder and folder != context.root}
    paths = {service.health.path for service in context.services}
    found: set[str] = set()
    for file in context.tree.files:
        if file.suffix in SHARED and not ASIDE.intersection(file.parts) and not homes.intersection(file.parents):
            text = context.tree.text(file) or ""
            found.update(path for path in paths if path in text)
    return frozenset(found)


RULES = (no_route_takes_a_health_path, the_contract_has_one_path, commands_answer_for_their_health)
