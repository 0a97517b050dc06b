"""The health contract where the backend runs: the same, over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from stead.check.context import Context
from stead.check.health.app import body, shape, statuses
from stead.check.rule import rule
from stead.model import AnyService, Problem
from stead.model import health as contract

TIMEOUT = 5.0  # seconds for one answer
AT_ONCE = 16
LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """What a running service answered; `error` where nobody did."""

    status: int = 0
    text: str = ""
    error: str = ""

    @property
    def body(self) -> dict[str, Any]:
        return body(self.text) or {}


def _health_answers(context: Context) -> Iterator[tuple[AnyService, HealthAnswer, HealthAnswer]]:
    """Yield each service that runs, with what its health and its version answer."""
    found = context.once(_answers)
    for service in _running(context):
        health, version = (found[url] for url in _urls(context, service))
        yield service, health, version


def _answers(context: Context) -> dict[str, HealthAnswer]:
    """Ask all services once, at once."""
    urls = [url for service in _running(context) for url in _urls(context, service)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(urls, pool.map(_get, urls), strict=True))


def _running(context: Context) -> Iterator[AnyService]:
    return (service for service in context.services if service.name in context.urls)


def _urls(context: Context, service: AnyService) -> tuple[str, str]:
    url = context.urls[service.name].rstrip("/")
    return url + service.health.path, url + contract.VERSION


def _get(url: str) -> HealthAnswer:
    if urlsplit(url).scheme not in ("http", "https"):
        return HealthAnswer(error=f"{url} is not an http: URL")
    try:
        with build_opener().open(Request(url), timeout=TIMEOUT) as answer:  # noqa: S310 - the scheme was looked at
            return HealthAnswer(answer.status, answer.read(LARGEST).decode(errors="replace"))
    except HTTPError as refused:
        with refused:
            return HealthAnswer(refused.code, refused.read(LARGEST).decode(errors="replace"))
    except (OSError, HTTPException, ValueError) as error:
        return HealthAnswer(error=str(error) or type(error).__name__)


def _contract_answers(context: Context) -> Iterator[tuple[AnyService, HealthAnswer, HealthAnswer]]:
    """Yield the services that answered and keep the contract."""
    for service, health, version in _health_answers(context):
        if service.health.contract and not health.error and health.status in statuses(service):
            yield service, health, version


@rule("HEALTH021", cost="live")
def all_that_is_declared_runs(context: Context) -> Iterator[Problem]:
    """Every declared service runs where the backend runs.

    One that neither runs nor is left out of the environment was skipped silently. Deploy it, or declare that it is left
    out: `Environment("staging", without=(search,))`.
    """
    environments = context.backend.environments if context.backend else ()
    for service in context.services if context.urls else ():
        left_out = any(out is service for environment in environments for out in environment.without)
        if service.name not in context.urls and not left_out and not service.image:
            message = f"{service.name} is declared, but does not run"
            yield Problem("HEALTH021", message, service.where, "deploy it, or leave it out in the environment")


@rule("HEALTH022", cost="live")
def services_answer(context: Context) -> Iterator[Problem]:
    """Each running service answers `/health` with 200 and exactly the contract's object.

    The request has no credentials. Read the log of a service that does not answer.
    """
    for service, health, _ in _health_answers(context):
        wrong = _contract_error(service, health)
        if wrong:
            message = f"{service.name} {wrong}"
            mend = f"curl {context.urls[service.name]}{service.health.path}"
            yield Problem("HEALTH022", message, service.where, mend)


def _contract_error(service: AnyService, health: HealthAnswer) -> str:
    if health.error:
        return f"does not answer: {health.error}"
    if health.status not in statuses(service):
        return f"answers {health.status} at {service.health.path}"
    if not service.health.contract:
        return ""
    answer_body = body(health.text)
    if answer_body is None:
        return f"answers no JSON object at {service.health.path}"
    more = [key for key in answer_body if key not in contract.KEYS]
    return shape(answer_body) or (f"has keys that it must not have: {', '.join(more)}" if more else "")


@rule("HEALTH023", cost="live")
def what_runs_is_what_was_deployed(context: Context) -> Iterator[Problem]:
    """A service reports the deployed version.

    Another version means that the deployment did not reach the service, or that another process answers at its address.
    Deploy it again, and find the cause.
    """
    for service, health, _ in _contract_answers(context):
        version = health.body.get("version")
        if context.version and version is not None and version != context.version:
            message = f"{service.name} runs {version}, but {context.version} was deployed"
            yield Problem("HEALTH023", message, service.where, f"deploy {service.name} again")


@rule("HEALTH024", cost="live")
def names_are_their_own(context: Context) -> Iterator[Problem]:
    """The process at a service's address reports that service's name.

    Another name means that the address leads to the wrong process: a wrong route, port or DNS name. All services of a
    backend report the same environment.
    """
    first: tuple[AnyService, Any] | None = None
    for service, health, _ in _contract_answers(context):
        name, environment = health.body.get("service"), health.body.get("env")
        if name is not None and name != service.name:
            message = f"the process at the URL of {service.name} reports the name {name}"
            yield Problem("HEALTH024", message, service.where, f"check the URL {context.urls[service.name]}")
        first = first or (service, environment)
        if environment is not None and first[1] is not None and environment != first[1]:
            message = f"{service.name} reports the environment {environment}, but {first[0].name} reports {first[1]}"
            yield Problem("HEALTH024", message, service.where, "set the same ENVIRONMENT", first[0].where)


@rule("HEALTH025", cost="live")
def versions_are_aliases(context: Context) -> Iterator[Problem]:
    """`/version` of a running service answers the same as `/health`.

    Deployments read the version from it. They differ when another program, such as a proxy, answers one of them.
    """
    for service, health, version in _contract_answers(context):
        if version.error or version.status != health.status or version.body != health.body:
            answer = version.error or (version.status if version.status != health.status else "another body")
            message = f"GET {contract.VERSION} of {service.name} answers {answer}, unlike {contract.HEALTH}"
            mend = f"curl {context.urls[service.name]}{contract.VERSION}"
            yield Problem("HEALTH025", message, service.where, mend)


RULES = (
    all_that_is_declared_runs,
    services_answer,
    what_runs_is_what_was_deployed,
    names_are_their_own,
    versions_are_aliases,
)
