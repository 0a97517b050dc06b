"""The rules of a description. Each rule is one function; all are applied, and all problems are reported."""

from collections.abc import Callable, Iterator

from stead.model import (
    bounds,
    call_rules,
    cluster_names,
    cluster_rules,
    environment_rules,
    external_rules,
    gateway_rules,
    grpc_rules,
    host_rules,
    naming,
    pipeline_validation,
    process_rules,
    resource_rules,
    route_rules,
    setting_rules,
    workers_validation,
)
from stead.model.backend import Backend, Process
from stead.model.dns_label import is_label
from stead.model.problem import Problem

Rule = Callable[[Backend], Iterator[Problem]]


def problems(backend: Backend) -> list[Problem]:
    """Return all that is wrong with a description, sorted by place."""
    found = dict.fromkeys(problem for rule in RULES for problem in rule(backend))
    return sorted(found, key=lambda problem: (problem.place, problem.code, problem.message))


def names_are_labels(backend: Backend) -> Iterator[Problem]:
    """A name is a DNS label: it becomes a host name, a token's subject and a Kubernetes object."""
    for noun in (backend, *backend.processes, *backend.environments):
        if not is_label(noun.name):
            mend = "use lower-case letters, digits and hyphens, 63 at most, a letter first"
            yield Problem("NAME001", f"{noun.name!r} is not a DNS label", noun.where, mend)


def names_are_unique(backend: Backend) -> Iterator[Problem]:
    """No two processes share a name."""
    first_with: dict[str, Process] = {}
    for process in backend.processes:
        first = first_with.setdefault(process.name, process)
        if first is not process:
            message = f"two processes are named {process.name!r}"
            yield Problem("NAME002", message, process.where, "rename one of them", first.where)


RULES: tuple[Rule, ...] = (
    names_are_labels,
    names_are_unique,
    *call_rules.RULES,
    *route_rules.RULES,
    *gateway_rules.RULES,
    *setting_rules.RULES,
    *resource_rules.RULES,
    *environment_rules.RULES,
    *process_rules.RULES,
    *bounds.RULES,
    *cluster_rules.RULES,
    *cluster_names.RULES,
    *external_rules.RULES,
    *grpc_rules.RULES,
    *host_rules.RULES,
    *naming.RULES,
    *pipeline_validation.RULES,
    *workers_validation.RULES,
)
