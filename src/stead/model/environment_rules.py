"""What makes the environments of a description unusable."""

from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.environment import Environment
from stead.model.problem import Problem
from stead.model.service import Service


def environments_leave_out_what_is_there(backend: Backend) -> Iterator[Problem]:
    """An environment leaves out services of this backend only."""
    for environment in backend.environments:
        for service in environment.without:
            if not isinstance(service, Service) or not any(one is service for one in backend.services):
                message = f"{environment.name} leaves out {service}, which is not in the backend"
                yield Problem("ENVIRONMENT001", message, environment.where, "remove it from without")


def environments_have_names_of_their_own(backend: Backend) -> Iterator[Problem]:
    """No two environments share a name: their files would be one."""
    first: dict[str, Environment] = {}
    for environment in backend.environments:
        earlier = first.setdefault(environment.name, environment)
        if earlier is not environment:
            message = f"two environments are named {environment.name!r}"
            yield Problem("ENVIRONMENT002", message, environment.where, "rename one of them", earlier.where)


def environments_name_services_of_the_backend(backend: Backend) -> Iterator[Problem]:
    """An environment gives values and replicas to services of this backend only."""
    inside = {id(service) for service in backend.services}
    for environment in backend.environments:
        for name in ("values", "replicas"):
            for service in getattr(environment, name):
                if id(service) not in inside:
                    message = f"{environment.name} has {name} for {service.name}, which is not in the backend"
                    mend = f"add {service.name} to the backend's services, or remove it here"
                    yield Problem("ENVIRONMENT004", message, environment.where, mend, service.where)


RULES = (
    environments_leave_out_what_is_there,
    environments_have_names_of_their_own,
    environments_name_services_of_the_backend,
)
