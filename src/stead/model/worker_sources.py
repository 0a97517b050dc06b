"""A backend as it is deployed to Workers: each service that a source stands for is that Worker."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from pathlib import Path

from stead.model.backend import Backend
from stead.model.service import AnyService
from stead.model.worker import folder_of


def with_workers(backend: Backend, environment: str) -> Backend:
    """Return the backend with the Workers of an environment in place of the services that they replace.

    An environment that is not deployed to Workers takes the sources of the first one that is. The services refer to
    one another, so the whole backend is copied, and the copies are changed before they are used.
    """
    sources = sources_of(backend, environment)
    if not sources:
        return backend
    copies: dict[int, object] = {}
    values = {each.name: deepcopy(getattr(backend, each.name), copies) for each in fields(backend)}
    for service, source in sources.items():
        _become_worker(copies[id(service)], source)
    return Backend(**values)


def sources_of(backend: Backend, environment: str) -> Mapping[AnyService, str | Path]:
    """Return the Workers that stand for services in an environment."""
    deployed = [each for each in backend.environments if each.workers is not None]
    deployed.sort(key=lambda each: each.name != environment)
    return deployed[0].workers.sources if deployed and deployed[0].workers else {}


def _become_worker(service: object, source: str | Path) -> None:
    changes: dict[str, object] = {"app": "", "command": (), "image": "", "build": None, "static": ""}
    changes |= {"worker": source, "folder": folder_of(source)}
    for name, value in changes.items():
        object.__setattr__(service, name, value)
