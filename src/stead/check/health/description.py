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
SHARED = CODE - {".py", ".yml", ".yaml"}  # imports in Python are followed, so nothing is assumed
OTHERS = ("actuator", "HealthChecks", "healthcheck")  # words of frameworks with a health path of their own


@rule("HEALTH010")
def no_route_takes_a_health_path(context: Context) -> Iterator[Problem]:
    """No route is declared for `/health`, `/version`, `/livez`, `/readyz` or `/metrics`.

    Every service answers these for its operators; a route would publish them through the gateway, or require a token
    that the callers do not have. Remove the route, or give it another path.
    """
    for service in context.services:
        for route in service.routes:
            if route.path in TAKEN:
                message = f"{route} of {service.name} uses a path that every service answers itself"
                yield Problem(
                    "HEALTH010", message, route.where, "remove the route, or give it another path", service.where
                )


@rule("HEALTH011")
def the_contract_has_one_path(context: Context) -> Iterator[Problem]:
    """A service with the health contract answers at `/health`.

    Smoke tests, monitors and orchestrators use the same path for every service. For a third-party program with another
    path and body, write `Health(path="/ping", contract=False)`.
    """
    for service in context.services:
        if service.health.contract and service.health.path != HEALTH:
            message = f"{service.name} has the health contract at {service.health.path}, not at {HEALTH}"
            mend = f"answer at {HEALTH}, or set contract=False for a program with another response"
            yield Problem("HEALTH011", message, service.where, mend)


@rule("HEALTH012", severity="warning", sure=False)
def commands_answer_for_their_health(context: Context) -> Iterator[Problem]:
    """The source of a command mentions its health path.

    If the source does not mention `/health`, the service probably never counts as started. Answer it without
    authentication and without a database; for a program with another path, declare `Health(path=…, contract=False)`.
    The rule skips gRPC programs, and programs whose route may be in shared code.
    """
    for service in (each for each in context.services if each.health.by_path and not each.is_worker):
        if service.command and context.own[service.name] and not _mentions(context, service):
            message = f"nothing in the source of {service.name} answers {service.health.path}"
            mend = f"answer GET {service.health.path}, or declare Health(path=…, contract=False)"
            mend += "" if service.routes else ", or port=None for a worker, which does not listen"
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
