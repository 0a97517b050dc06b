"""The rules of a description. Each rule is one function; all are applied, and all problems are reported."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, combinations_with_replacement

from stead.model import (
    bounds,
    cluster_names,
    cluster_rules,
    external_rules,
    grpc_rules,
    host_rules,
    naming,
    pipeline_validation,
    process_rules,
    workers_validation,
)
from stead.model.backend import Backend, Process
from stead.model.call import FRONT, Call
from stead.model.dns_label import is_label
from stead.model.environment import Environment
from stead.model.gateway import Gateway
from stead.model.identity import Introspection
from stead.model.problem import Problem
from stead.model.resource_form import FORMS
from stead.model.route import Route, is_variable, is_wildcard
from stead.model.service import AnyService, Service
from stead.model.setting import Setting
from stead.model.source_location import SourceLocation
from stead.model.wiring import own_settings, url_setting, wires

PLAIN = "plain"

_Owned = tuple[AnyService, Route]
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


def calls_stay_inside(backend: Backend) -> Iterator[Problem]:
    """A call goes to a service that is in the backend, by an operation that it offers."""
    for caller in backend.processes:
        for call in caller.calls:
            yield from _call_problems(backend, caller, call)


def _call_problems(backend: Backend, caller: Process, call: Call) -> Iterator[Problem]:
    callee = call.callee
    if not any(service is callee for service in backend.services):
        message = f"{caller.name} calls {callee.name}, which is not in the backend"
        yield Problem("CALL001", message, call.where, f"add {callee.name} to the backend's services", callee.where)
        return
    for operation in call.operations:
        if operation == FRONT and isinstance(caller, Gateway):
            continue
        if operation == FRONT:
            message = f"{caller.name} calls {callee.name} for {FRONT!r}, which only a gateway does"
            yield Problem("CALL004", message, call.where, "name one of the callee's own operations", callee.where)
        elif operation not in callee.operations:
            offered = ", ".join(sorted(callee.operations)) or "no operation"
            message = f"{caller.name} calls {callee.name} for {operation!r}, which it does not offer"
            yield Problem("CALL002", message, call.where, f"{callee.name} offers {offered}", callee.where)
    for key in call.keys:
        if key not in callee.keys:
            keys = ", ".join(sorted(callee.keys)) or "nothing"
            message = f"{caller.name} calls {callee.name} for the key {key}, which it does not have"
            yield Problem("CALL005", message, call.where, f"{callee.name} holds {keys}", callee.where)


def urls_do_not_collide(backend: Backend) -> Iterator[Problem]:
    """Two callees of one caller are found in two settings."""
    for caller in backend.processes:
        first_with: dict[str, str] = {}
        for edge in backend.edges_of(caller):
            setting = url_setting(caller, edge.callee).name
            if first_with.setdefault(setting, edge.callee.name) != edge.callee.name:
                message = (
                    f"{caller.name} has the same setting {setting} for {first_with[setting]} and {edge.callee.name}"
                )
                yield Problem("CALL003", message, edge.call.where, "rename one of them")


def service_routes_name_an_operation(backend: Backend) -> Iterator[Problem]:
    """A service route has an operation."""
    for service in backend.services:
        for route in service.routes:
            if route.access == "service" and not route.operation:
                message = f"{route} is for services, but has no operation"
                yield Problem("ROUTE004", message, route.where, "set operation=…, so that a call can name it")


def routes_do_not_overlap(backend: Backend) -> Iterator[Problem]:
    """No request could be meant for two routes: not inside a service, and not at the gateway."""
    for service, other, one, two in _route_pairs(backend):
        if one.overlaps(two):
            message = f"{two} of {other.name} overlaps {one} of {service.name}"
            yield Problem("ROUTE001", message, two.where, "change one of the two paths", one.where)


def _route_pairs(backend: Backend) -> Iterator[tuple[AnyService, AnyService, Route, Route]]:
    """Yield the pairs that one request could be meant for by their first segments; all others cannot overlap."""
    for service in backend.services:
        for one, two in _near((service, route) for route in service.routes):
            yield service, service, one[1], two[1]
    gateway = backend.gateway
    if gateway is None:
        return
    by_prefix: dict[str, list[tuple[AnyService, Route]]] = {}
    for service in dict.fromkeys(gateway.fronts):
        by_prefix.setdefault(gateway.prefix_of(service), []).extend((service, route) for route in _outer(service))
    for outer in by_prefix.values():
        yield from ((one[0], two[0], one[1], two[1]) for one, two in _near(outer) if one[0] is not two[0])


def _near(routes: Iterable[_Owned]) -> Iterator[tuple[_Owned, _Owned]]:
    """Yield each pair, in order, whose plain segments are equal.

    Rejected: every pair. A thousand services have millions of pairs, of which hardly any overlap.
    """
    of_form: dict[tuple[str, ...], list[tuple[int, _Owned]]] = {}
    for number, each in enumerate(routes):
        of_form.setdefault(tuple(map(_form, each[1].segments)), []).append((number, each))
    for one, two in combinations_with_replacement(of_form, 2):
        if len(one) != len(two):
            continue
        plain = [at for at, pair in enumerate(zip(one, two, strict=True)) if pair == (PLAIN, PLAIN)]
        same: dict[tuple[str, ...], dict[int, _Owned]] = {}
        for number, each in of_form[one] + of_form[two]:
            same.setdefault(tuple(each[1].segments[at] for at in plain), {})[number] = each
        for group in same.values():
            yield from combinations((group[number] for number in sorted(group)), 2)


def _form(segment: str) -> str:
    """Return whether a segment is plain, stands for any one, or for all that is left."""
    return "variable" if is_variable(segment) else "wildcard" if is_wildcard(segment) else PLAIN


def _outer(service: AnyService) -> tuple[Route, ...]:
    return tuple(route for route in service.routes if route.access != "service")


def outer_routes_are_fronted(backend: Backend) -> Iterator[Problem]:
    """A public or user route can be reached: the gateway fronts its service."""
    if not backend.gateway:
        return
    for service in backend.services:
        if _outer(service) and not any(front is service for front in backend.gateway.fronts):
            message = f"{_outer(service)[0]} of {service.name} is unreachable: the gateway does not front it"
            yield Problem("ROUTE002", message, service.where, f"add {service.name} to fronts", backend.gateway.where)


def users_have_a_provider(backend: Backend) -> Iterator[Problem]:
    """A user route needs an identity provider."""
    gateway = backend.gateway
    if gateway is None or gateway.providers:
        return
    for service in gateway.fronts:
        for route in service.routes:
            if route.access == "user":
                message = f"{route} of {service.name} is for users, but the gateway has no identity provider"
                fix = "import Clerk or another provider from stead, and give the gateway users=Clerk()"
                yield Problem("GATEWAY001", message, gateway.where, fix, route.where)
                break


def fronts_are_inside(backend: Backend) -> Iterator[Problem]:
    """The gateway fronts services of this backend, each once; an introspecting service is among them."""
    gateway = backend.gateway
    if gateway is None:
        return
    for service, times in Counter(gateway.fronts).items():
        if times > 1:
            message = f"the gateway fronts {service.name} {times} times"
            yield Problem("GATEWAY002", message, gateway.where, "name it once")
    for provider in gateway.providers:
        if isinstance(provider, Introspection) and not provider.prefix:
            yield Problem("GATEWAY003", "an introspected credential has no prefix", provider.where, "set prefix='pat_'")


def settings_agree(backend: Backend) -> Iterator[Problem]:
    """One setting has one type, whichever process declares it."""
    first_with: dict[str, tuple[Process, Setting]] = {}
    for process in backend.processes:
        for setting in process.declared:
            first, earlier = first_with.setdefault(setting.name, (process, setting))
            if (earlier.type, earlier.secret) != (setting.type, setting.secret):
                message = f"{setting.name} is {_kind(setting)} in {process.name} and {_kind(earlier)} in {first.name}"
                yield Problem("SETTING001", message, process.where, "give both the same type", first.where)


def _kind(setting: Setting) -> str:
    return f"{'a secret' if setting.secret else 'a var'} of type {setting.type.__name__}"


def values_are_known(backend: Backend) -> Iterator[Problem]:
    """A description gives a value only to a var that the service has."""
    for service in backend.services:
        declared = {setting.name: setting for setting in service.declared}
        for name in service.values:
            yield from _value_problems(service, declared.get(name), name, service.where)
    for environment in backend.environments:
        for service, values in environment.values.items():
            known = {wire.setting.name: wire.setting for wire in wires(backend, service, environment)}
            for name in values:
                yield from _value_problems(service, known.get(name), name, environment.where)


def _value_problems(
    service: AnyService, setting: Setting | None, name: str, where: SourceLocation
) -> Iterator[Problem]:
    if setting is None:
        yield Problem("SETTING002", f"{service.name} has no setting {name}", where, "declare it, or fix its name")
    elif setting.secret:
        message = f"{name} of {service.name} is a secret, which a description must not contain"
        yield Problem("SETTING003", message, where, "set it in the environment or a secret store")


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


RULES: tuple[Rule, ...] = (
    names_are_labels,
    names_are_unique,
    calls_stay_inside,
    urls_do_not_collide,
    service_routes_name_an_operation,
    routes_do_not_overlap,
    outer_routes_are_fronted,
    users_have_a_provider,
    fronts_are_inside,
    settings_agree,
    values_are_known,
    resources_are_found,
    forms_are_known,
    health_depends_on_needs,
    environments_leave_out_what_is_there,
    environments_have_names_of_their_own,
    environments_name_services_of_the_backend,
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
