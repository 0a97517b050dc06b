"""What makes the resources of a process unusable."""

from collections import Counter
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.gateway import Gateway
from stead.model.problem import Problem
from stead.model.resource_form import FORMS
from stead.model.wiring import own_settings


def resources_are_found(backend: Backend) -> Iterator[Problem]:
    """Two resources of one process are found in two settings, and so are two forms of one."""
    for process in backend.processes:
        if isinstance(process, Gateway):
            continue
        names = [external.setting for external in process.externals]
        names += [name for resource in process.resources for name, _ in resource.forms]
        for setting, times in Counter(names).items():
            if times > 1:
                message = f"{times} resources of {process.name} share the setting {setting}"
                mend = "give each its own setting: Postgres('OTHER_URL')"
                yield Problem("RESOURCE001", message, process.where, mend)
        given = {wire.setting.name: wire.reason for wire in own_settings(backend, process)}
        for setting in dict.fromkeys(name for name in names if name in given):
            message = (
                f"a resource of {process.name} has the setting {setting}, which has another value: {given[setting]}"
            )
            yield Problem("RESOURCE001", message, process.where, "give the resource its own setting")


def forms_are_known(backend: Backend) -> Iterator[Problem]:
    """A part of a resource is a form that its URL has."""
    for process in backend.processes:
        for resource in () if isinstance(process, Gateway) else process.resources:
            known = FORMS.get(resource.kind, {})
            for form in (each for each in resource.parts if each not in known):
                message = f"a {resource.kind} of {process.name} has no part {form!r}"
                yield Problem("RESOURCE005", message, resource.where, f"write one of {', '.join(known)}")


def health_depends_on_needs(backend: Backend) -> Iterator[Problem]:
    """Health depends on resources that the service needs."""
    for service in backend.services:
        for resource in service.health.depends_on:
            if not any(need is resource for need in service.resources):
                message = f"the health of {service.name} depends on a {resource.kind} that is not in its needs"
                yield Problem("HEALTH001", message, service.where, "add the resource to needs", resource.where)


RULES = (resources_are_found, forms_are_known, health_depends_on_needs)
