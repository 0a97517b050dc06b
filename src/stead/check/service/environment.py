"""Where services run: each somewhere, and none left out that is called there."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Backend, Edge, Environment, Problem
from stead.model.call import FRONT
from stead.model.host_rules import known_by_host
from stead.model.wiring import url_setting


def _is_out(service: object, environment: Environment) -> bool:
    return any(out is service for out in environment.without)


@rule("SERVICE020")
def services_run_somewhere(context: Context) -> Iterator[Problem]:
    """A service runs in at least one environment.

    A service that every environment leaves out is never started and never delivered. Remove it from one `without`, or
    from the backend.
    """
    environments = context.backend.environments if context.backend else ()
    for service in context.services:
        if environments and all(_is_out(service, environment) for environment in environments):
            message = f"every environment leaves out {service.name}, so it never runs"
            yield Problem("SERVICE020", message, service.where, "remove it from one without", environments[0].where)


@rule("SERVICE021")
def what_is_called_is_there(context: Context) -> Iterator[Problem]:
    """A service that an environment leaves out has no callers that run there.

    The caller gets no URL there, and does not start. To make the call optional, declare the URL's setting with a
    default: an external URL, or None. Leave the caller out, too, keep the callee, or declare the setting.
    """
    for environment in context.backend.environments if context.backend and context.backend.environments else ():
        for edge in _cut(context.backend, environment) if context.backend else ():
            message = f"{environment.name} leaves out {edge.callee.name}, which {edge.caller.name} calls there"
            mend = f"leave out {edge.caller.name} too, or give {url_setting(edge.caller, edge.callee).name} a default"
            yield Problem("SERVICE021", message, environment.where, mend, edge.call.where)


def _cut(backend: Backend, environment: Environment) -> Iterator[Edge]:
    """Yield the calls from what runs in an environment to what does not. Fronting adapts by itself."""
    for edge in backend.edges() if environment.without else ():
        if not _is_out(edge.callee, environment) or _is_out(edge.caller, environment):
            continue
        name = url_setting(edge.caller, edge.callee).name
        optional = any(setting.name == name and not setting.required for setting in edge.caller.declared)
        by_host = edge.callee in known_by_host(backend, edge.caller)  # the var has another value where it is left out
        if not optional and not by_host and FRONT not in edge.call.operations:
            yield edge


RULES = (services_run_somewhere, what_is_called_is_there)
