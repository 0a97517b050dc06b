"""The rules of Workers: folders, accounts, and replacements of services."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from stead.model.backend import Backend
from stead.model.environment import Environment
from stead.model.identity import AccessTokens, Clerk, Introspection
from stead.model.problem import Problem
from stead.model.workers import Workers

ACCOUNT = re.compile(r"(?:[0-9a-f]{32})?")
DATE = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
LONGEST_NAME = 54  # characters of a Worker's name that has an address on workers.dev, with what previews put before it
FOLDER = re.compile(r"(?:\.\./)*[A-Za-z0-9._@+-]+(?:/[A-Za-z0-9._@+-]+)*|\.")


def worker_paths_are_plain(backend: Backend) -> Iterator[Problem]:
    """A Worker's folder is a relative path in the project: it is written into configurations and imports."""
    for service in backend.services:
        if service.worker and not is_worker_path(str(service.worker)):
            message = f"the Worker of {service.name} is {str(service.worker)!r}, which is not a plain relative path"
            yield Problem("WORKER001", message, service.where, 'write a folder, such as worker="apps/orders"')
    for environment, workers in deployments(backend):
        for service, source in workers.sources.items():
            if not is_worker_path(str(source)):
                message = f"the Worker of {service.name} in {environment.name} is {str(source)!r}"
                yield Problem("WORKER001", message, workers.where, 'write a folder, such as "apps/orders"')


def worker_sources_are_of_the_backend(backend: Backend) -> Iterator[Problem]:
    """A source stands for a service of this backend that is not a Worker by itself."""
    inside = {id(service) for service in backend.services}
    for environment, workers in deployments(backend):
        for service in workers.sources:
            if id(service) not in inside:
                message = f"{environment.name} has a Worker for {service.name}, which is not in the backend"
                mend = f"add {service.name} to the backend's services, or remove it here"
                yield Problem("WORKER002", message, workers.where, mend, service.where)
            elif service.worker:
                message = f"{environment.name} has a second Worker for {service.name}"
                yield Problem("WORKER002", message, workers.where, "remove it from sources", service.where)


def accounts_have_an_id(backend: Backend) -> Iterator[Problem]:
    """An account is named by its id, and the compatibility date is a day."""
    for environment, workers in deployments(backend):
        if not ACCOUNT.fullmatch(workers.account):
            message = f"the account of {environment.name} is {workers.account!r}"
            mend = "write its id, 32 hexadecimal digits, or remove it and set CLOUDFLARE_ACCOUNT_ID"
            yield Problem("WORKER003", message, workers.where, mend)
        if not DATE.fullmatch(workers.compatibility_date):
            message = f"the compatibility date of {environment.name} is {workers.compatibility_date!r}"
            yield Problem("WORKER003", message, workers.where, "write a day, such as 2026-11-01")


def worker_names_are_short(backend: Backend) -> Iterator[Problem]:
    """A Worker's name has at most 54 characters, so that its address is a host name."""
    for environment, workers in deployments(backend):
        for process in (*backend.services, *([backend.gateway] if backend.gateway else ())):
            name = worker_name(backend.name, process.name, environment.name)
            if len(name) > LONGEST_NAME:
                message = f"the Worker {name} has a name of {len(name)} characters; {LONGEST_NAME} are the most"
                yield Problem("WORKER004", message, workers.where, f"give {process.name} a shorter name", process.where)


def images_are_no_workers(backend: Backend) -> Iterator[Problem]:
    """An image, or a folder of static files, is deployed to Workers only by a source that stands for it."""
    for environment, workers in deployments(backend):
        for service in (each for each in backend.services if each.image or each.static):
            if service not in environment.without and not workers.source_of(service):
                kind = "an image" if service.image else "a folder of static files"
                message = f"{service.name} is {kind}, which {environment.name} cannot deploy to Workers"
                mend = f"give sources={{{service.name.replace('-', '_')}: …}}, or leave it out: without=[…]"
                yield Problem("WORKER005", message, service.where, mend, workers.where)


def providers_are_known_to_workers(backend: Backend) -> Iterator[Problem]:
    """The gateway's Worker recognises the users of Clerk, of API tokens, and of signed access tokens."""
    for environment, workers in deployments(backend):
        for provider in backend.gateway.providers if backend.gateway else ():
            if not isinstance(provider, (Clerk, Introspection, AccessTokens)):
                kind = type(provider).__name__
                message = f"the gateway's Worker in {environment.name} cannot recognise the users of {kind}"
                mend = "use Clerk(), or deploy this environment to another target"
                yield Problem("WORKER006", message, provider.where, mend, workers.where)


def deployments(backend: Backend) -> Iterator[tuple[Environment, Workers]]:
    """Yield the environments that are deployed to Workers."""
    for environment in backend.environments:
        if environment.workers is not None:
            yield environment, environment.workers


def worker_name(backend: str, process: str, environment: str) -> str:
    """Return the name of a Worker: one for each process and environment, so that no two share their secrets."""
    return f"{backend}-{process}-{environment}"


def is_worker_path(text: str) -> bool:
    return bool(FOLDER.fullmatch(text)) and not PurePosixPath(text).is_absolute()


RULES = (
    worker_paths_are_plain,
    worker_sources_are_of_the_backend,
    accounts_have_an_id,
    worker_names_are_short,
    images_are_no_workers,
    providers_are_known_to_workers,
)
