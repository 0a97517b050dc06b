"""The health contract of ASGI apps, held by calling it: in-process, without a lifespan, without a database."""

import json
from collections.abc import Iterator
from typing import Any

from stead.check.context import Context
from stead.check.health.app_probe import answered
from stead.check.health.probe_environment import ENVIRONMENT, SECRETS, VERSION
from stead.check.probe import Reply
from stead.check.rule import rule
from stead.model import AnyService, Problem
from stead.model import health as contract

LONGEST = 300  # characters of the service's own message that are repeated


def _asked(context: Context) -> Iterator[tuple[AnyService, dict[str, Reply], Reply]]:
    """Yield each app that was made and keeps the contract, with its replies and that of its health."""
    for service, answer in answered(context):
        if not answer.error and service.health.contract:
            yield service, answer.replies, answer.replies[service.health.path]


def _well(context: Context) -> Iterator[tuple[AnyService, dict[str, Reply], dict[str, Any]]]:
    """Yield each app whose health answered with the right status and an object, with its replies and that object."""
    for service, replies, reply in _asked(context):
        answer_body = body(reply.body)
        if not reply.error and reply.status in statuses(service) and answer_body is not None:
            yield service, replies, answer_body


def statuses(service: AnyService) -> tuple[int, ...]:
    """Return the statuses that a service's health may have while its database is away."""
    return (200, 503) if service.health.depends_on else (200,)


def body(text: str) -> dict[str, Any] | None:
    """Return an answer's object; None when it is none."""
    try:
        answer_body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer_body if isinstance(answer_body, dict) else None


def shape(answer_body: dict[str, Any]) -> str:
    """Return what is wrong with an answer's keys, those beyond the contract aside; empty when nothing is."""
    missing = [key for key in contract.KEYS if key not in answer_body]
    if missing:
        return f"has no {' and no '.join(missing)}"
    if [key for key in answer_body if key in contract.KEYS] != list(contract.KEYS):
        return f"has its keys in another order than {', '.join(contract.KEYS)}"
    return ""


def _shown(text: str) -> str:
    return " ".join(text.split())[:LONGEST].rstrip(".")


@rule("HEALTH013", cost="slow")
def apps_can_be_made(context: Context) -> Iterator[Problem]:
    """An app can be created from its settings alone: without network, local files and database.

    The check calls the factory in a process of its own, with a time limit and well-formed values for all declared
    settings. A failure here is a failure at the first start elsewhere: a setting that is not declared, a connection in
    the factory instead of in the lifespan, a factory that needs arguments.
    """
    for service, answer in answered(context):
        if answer.error:
            message = f"the app of {service.name} cannot be created: {_shown(answer.error)}"
            yield Problem("HEALTH013", message, service.where, f"fix {service.app}")


@rule("HEALTH014", cost="slow")
def health_needs_no_credentials(context: Context) -> Iterator[Problem]:
    """`GET /health` answers 200 without a credential.

    Load balancers, orchestrators and smoke tests have no token. Answer before any authentication. A service whose
    health depends on a resource may answer 503 while that is unavailable.
    """
    for service, _, reply in _asked(context):
        if not reply.touched and (reply.error or reply.status not in statuses(service)):
            answer = _shown(reply.error) if reply.error else f"{reply.status}"
            wants = ": it asks for credentials" if reply.status in (401, 403) else ""
            message = f"GET {service.health.path} of {service.name} answers {answer}{wants}"
            mend = "answer 200 without calling another service or server"
            yield Problem("HEALTH014", message, service.where, mend)


@rule("HEALTH015", cost="slow")
def health_has_its_keys(context: Context) -> Iterator[Problem]:
    """The answer of `/health` is an object with `service`, `env`, `status`, `version`, in that order.

    With one format for all services, one dashboard, one smoke test and one alert suffice.
    """
    for service, _, reply in _asked(context):
        answer_body = body(reply.body)
        if not reply.touched and not reply.error and reply.status in statuses(service):
            wrong = "is not a JSON object" if answer_body is None else shape(answer_body)
            if wrong:
                message = f"what GET {service.health.path} of {service.name} answers {wrong}"
                mend = 'answer {"service": …, "env": …, "status": "ok", "version": …}'
                yield Problem("HEALTH015", message, service.where, mend)


@rule("HEALTH016", cost="slow")
def health_reports_its_settings(context: Context) -> Iterator[Problem]:
    """`/health` reports the configured name, environment and version, and `"status": "ok"`.

    A version from a file or from the build is that of the build; the deployed one is in VERSION, and a smoke test
    compares the two. Read SERVICE_NAME, ENVIRONMENT and VERSION when the service starts.
    """
    for service, replies, answer_body in _well(context):
        well = replies[service.health.path].status == 200
        expected = {"service": service.name, "env": ENVIRONMENT, "version": VERSION}
        expected["status"] = "ok" if well else "unavailable"
        for key in contract.KEYS:
            if key in answer_body and answer_body[key] != expected[key]:
                message = f"{key} in the health of {service.name} is {answer_body[key]!r}, not {expected[key]!r}"
                source = {"service": "SERVICE_NAME", "env": "ENVIRONMENT", "version": "VERSION"}.get(key)
                mend = f"read it from {source}" if source else f"say {expected[key]!r}"
                yield Problem("HEALTH016", message, service.where, mend)


@rule("HEALTH017", cost="slow")
def health_leaks_nothing(context: Context) -> Iterator[Problem]:
    """`/health` reports nothing beyond the contract, and no secret.

    It is public. A database's address, a setting or a list of connections help an attacker, and clients come to depend
    on every added field. Metrics and readiness have their own paths.
    """
    for service, replies, answer_body in _well(context):
        more = [key for key in answer_body if key not in contract.KEYS]
        if more:
            message = f"the health of {service.name} has keys that it must not have: {', '.join(more)}"
            yield Problem("HEALTH017", message, service.where, f"leave out {' and '.join(more)}")
        for path, reply in replies.items():
            shown = "\n".join([reply.body, *(value for _, value in reply.headers)])
            if not more and any(secret in shown for secret in SECRETS):
                message = f"GET {path} of {service.name} shows a secret of the service"
                yield Problem("HEALTH017", message, service.where, "remove it, and replace the secret")


@rule("HEALTH018", cost="slow")
def health_touches_nothing(context: Context) -> Iterator[Problem]:
    """`/health` calls no database and no other service.

    Otherwise an outage of the database restarts every service, which adds load. `/readyz` reports whether dependencies
    are available. For a service that is useless without a resource, declare `Health(depends_on=(store,))`.
    """
    for service, _, reply in _asked(context):
        if reply.touched and not service.health.depends_on:
            message = f"GET {service.health.path} of {service.name} opens a connection"
            mend = "answer from values that are known at the start, or write Health(depends_on=…)"
            yield Problem("HEALTH018", message, service.where, mend)


@rule("HEALTH019", cost="slow")
def version_is_an_alias(context: Context) -> Iterator[Problem]:
    """`GET /version` answers what `/health` answers.

    Deployments and people use it to read the version, so the two must agree.
    """
    for service, replies, answer_body in _well(context):
        reply = replies[contract.VERSION]
        if reply.error or reply.status not in statuses(service) or body(reply.body) != answer_body:
            answer = _shown(reply.error) if reply.error else f"{reply.status}"
            same = reply.status in statuses(service) and not reply.error
            detail = "another body than /health" if same else answer
            message = f"GET {contract.VERSION} of {service.name} answers {detail}"
            yield Problem("HEALTH019", message, service.where, "answer it as /health is answered")


@rule("HEALTH020", severity="warning", cost="slow")
def livez_answers(context: Context) -> Iterator[Problem]:
    """`GET /livez` answers 200 and calls nothing else.

    An orchestrator restarts a service by it. With a dependency in it, an outage elsewhere would restart the service.
    """
    for service, replies, _ in _asked(context):
        reply = replies[contract.LIVEZ]
        if reply.error or reply.status != 200 or reply.touched:
            answer = _shown(reply.error) if reply.error else f"{reply.status}"
            detail = "opens a connection" if reply.touched else f"answers {answer}"
            message = f"GET {contract.LIVEZ} of {service.name} {detail}"
            yield Problem("HEALTH020", message, service.where, "answer 200 without calling another service or server")


RULES = (
    apps_can_be_made,
    health_needs_no_credentials,
    health_has_its_keys,
    health_reports_its_settings,
    health_leaks_nothing,
    health_touches_nothing,
    version_is_an_alias,
    livez_answers,
)
