"""The type of each field of a description: what an editor would have underlined, said without one.

A description is run without a type checker, so a string where an object belongs (`calls=["b"]`) would end in an
AttributeError somewhere in Stead. These are looked for first, and alone: every other rule may rely on the types.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from stead.model.backend import Backend
from stead.model.build import Build
from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.external import External
from stead.model.gateway import Cors, Gateway, Rate
from stead.model.health import Health
from stead.model.identity import AccessTokens, IdentityProvider, Introspection
from stead.model.job import Job
from stead.model.kubernetes import Autoscale, ExternalSecrets, Gitops, Kubernetes, Secrets, Server, Vault
from stead.model.limits import Limits
from stead.model.pipeline import Artifacts, Deploy, Github, Gitlab, Pipeline
from stead.model.problem import Problem
from stead.model.request_limits import RequestLimits
from stead.model.resource import Resource
from stead.model.route import Route
from stead.model.service import Service
from stead.model.setting import Setting, Settings
from stead.model.source_location import SourceLocation
from stead.model.workers import Workers

T = TypeVar("T")
Types = type | tuple[type, ...]
MAY = "write calls=[other.may('operation')], where other is the Service object"
SETTINGS = "list Setting('NAME') values, or name a Settings class"
TEXT = "write a string"
STRINGS = "write a tuple of strings, with a comma: ('one',)"


@dataclass(frozen=True, slots=True)
class Field:
    """What a field holds: one value of these types, or with `each` a sequence of them; with `keys` a mapping."""

    types: Types
    mend: str
    each: bool = False
    keys: Types = ()


def _each(types: Types, mend: str) -> Field:
    return Field(types, mend, each=True)


_PIPELINE = {
    "deploys": _each(Deploy, "write deploys=[Deploy(staging)], where staging is the Environment object"),
    "checks": _each(str, STRINGS),
    "artifacts": Field((Artifacts, type(None)), "write artifacts=Artifacts('./gradlew build', ['build/libs/*.jar'])"),
    "platforms": _each(str, STRINGS),
    "branch": Field(str, TEXT),
    "project": Field(str, TEXT),
    "pin_days": Field(int, "write a whole number of days"),
}
_PROCESS = {
    "name": Field(str, TEXT),
    "image": Field(str, TEXT),
    "build": Field((Build, type(None)), "write the folder of a Dockerfile, or Build('folder', 'Dockerfile')"),
    "args": _each(str, "write one string, or a list of strings"),
    "command": _each(str, "write one string, or a list of strings"),
    "needs": _each((Resource, External), "write needs=[Postgres()], with a Resource or an External"),
    "calls": _each(Call, MAY),
    "addresses": Field(str, "write {'contract': 'NAME_OF_THE_SETTING'}", keys=str),
    "folder": Field((str, Path), "write a path"),
    "limits": Field(Limits, "write limits=Limits(cpus=0.5, memory=256)"),
}
FIELDS: dict[type, dict[str, Field]] = {
    Backend: {
        "services": _each(Service, "list Service objects"),
        "gateway": Field((Gateway, type(None)), "write gateway=Gateway('name', fronts=[…])"),
        "jobs": _each(Job, "list Job objects"),
        "environments": _each(Environment, "write environments=[Environment('dev'), …]"),
        "folder": Field(str, TEXT),
        "registry": Field(str, TEXT),
        "pipelines": _each((Github, Gitlab), "write pipelines=[Github()], or Gitlab()"),
    },
    Deploy: {
        "environment": Field(Environment, "name the Environment object"),
        "urls": Field(
            str, "write {gateway: 'https://…'}, where gateway is the Gateway object", keys=(Service, Gateway)
        ),
    },
    Artifacts: {"command": Field(str, TEXT), "paths": _each(str, STRINGS)},
    Github: _PIPELINE | {"file": Field(str, TEXT), "parts": _each(str, STRINGS)},
    Gitlab: _PIPELINE | {"parts": _each(str, STRINGS), "tags": _each(str, STRINGS)},
    Environment: {
        "values": Field(Mapping, "write {service: {'NAME': value}}, where service is the Service object", keys=Service),
        "without": _each(Service, "list Service objects"),
        "kubernetes": Field((Kubernetes, type(None)), "write kubernetes=Kubernetes('namespace', …)"),
        "replicas": Field(object, "write {service: 2}, where service is the Service object", keys=Service),
        "workers": Field((Workers, type(None)), "write workers=Workers()"),
    },
    Kubernetes: {
        "namespace": Field(str, TEXT),
        "host": Field(str, TEXT),
        "gateway": Field(str, "write gateway='namespace/name', of a Gateway that is there"),
        "gateway_class": Field(str, TEXT),
        "tls": Field(str, TEXT),
        "pull_secret": Field(str, TEXT),
        "secrets": Field((Secrets, ExternalSecrets, Vault), "write secrets=Secrets(), ExternalSecrets(…) or Vault(…)"),
        "servers": Field(Server, "write {'postgres': Server(5432, namespace='…')}", keys=str),
        "egress": Field(Sequence, "write {service: [Server(443, cidr='…')]}", keys=Service),
        "autoscale": Field(Autoscale, "write {service: Autoscale(2, 6)}", keys=Service),
        "gitops": Field((Gitops, type(None)), "write gitops=Gitops('https://…')"),
    },
    Gateway: {
        "name": Field(str, TEXT),
        "users": _each(IdentityProvider, "write users=Clerk()"),
        "fronts": _each(Service, "list Service objects"),
        "cors": Field(Cors, "write cors=Cors(('https://app.example.com',))"),
        "rate": Field(Rate, "write rate=Rate(per_second=100, burst=200)"),
        "engine": Field(str, "write engine='envoy', or engine='oathkeeper'"),
        "limits": _PROCESS["limits"],
    },
    Service: _PROCESS
    | {
        "app": Field(str, TEXT),
        "settings": _each(Setting, SETTINGS),
        "values": Field(object, "write {'NAME': value}", keys=str),
        "routes": _each(Route, "write routes=[Route.user('GET', '/v1/orders')]"),
        "health": Field(Health, "write health=Health('/path')"),
        "holds": _each(Setting, "list Setting('NAME', secret=True) values"),
        "contract": Field(str, TEXT),
        "port": Field((str, int, type(None)), "write the name of a setting, a number, or None"),
        "invariants": Field(str, TEXT),
        "egress": _each(str, "write egress=['api.example.com:443']"),
        "seed": _each(str, "write one string, or a list of strings"),
        "request_limits": Field(RequestLimits, "write request_limits=RequestLimits(body=5 * 1024 * 1024)"),
        "worker": Field((str, Path), 'write a folder, such as worker="apps/orders"'),
        "static": Field((str, Path), 'write a folder, such as static="web/dist"'),
    },
    Job: _PROCESS
    | {name: Field(str, TEXT) for name in ("every", "cron", "timezone")}
    | {"entry": Field(str, TEXT), "settings": _each(Setting, SETTINGS)},
    Route: {"path": Field(str, TEXT), "operation": Field(str, TEXT), "roles": _each(str, STRINGS)},
    Call: {"operations": _each(str, STRINGS), "keys": _each(str, STRINGS), "because": Field(str, TEXT)},
    Health: {
        "path": Field(str, TEXT),
        "depends_on": _each(Resource, "list the Resource objects of needs"),
        "probe": _each(str, STRINGS),
        "tcp": Field(bool, "write True or False"),
    },
    Build: {
        "context": Field((str, Path), "write a path"),
        "dockerfile": Field(str, TEXT),
        "target": Field(str, TEXT),
        "args": Field(str, "write {'NAME': 'value'}", keys=str),
    },
    Cors: {"origins": _each(str, STRINGS)},
    Resource: {
        "setting": Field(str, TEXT),
        "parts": Field(str, "write parts={'host': 'DB_HOST', 'password': 'DB_PASSWORD'}", keys=str),
    },
    External: {
        "name": Field(str, TEXT),
        "setting": Field(str, TEXT),
        "addresses": Field(str, "write {'prod': 'kafka.example.com:9092'}", keys=str),
        "secret": Field(bool, "write True or False"),
        "waits": Field(bool, "write True or False"),
    },
    Workers: {
        "account": Field(str, TEXT),
        "sources": Field((str, Path), "write {service: 'apps/orders'}, with the Service object", keys=Service),
        "compatibility_date": Field(str, "write a day, such as '2026-11-01'"),
    },
    Setting: {"name": Field(str, TEXT), "type": Field(type, "write a type: str, int, float, bool or tuple")},
    Introspection: {name: Field(str, TEXT) for name in ("prefix", "path", "operation")}
    | {"service": Field(Service, "name the Service object")},
    AccessTokens: {name: Field(str, TEXT) for name in ("keys", "operation")}
    | {"service": Field(Service, "name the Service object")},
}


def type_problems(backend: Backend) -> list[Problem]:
    """Return every field that holds what it cannot, and every call whose callee cannot be found out."""
    found = [*_noun_problems(backend, "the backend", backend.where)]
    for environment in _instances(backend.environments, Environment):
        found += _noun_problems(environment, f"the environment {environment.name}", environment.where)
        found += _of_environment(environment)
    for pipeline in _instances(backend.pipelines, Pipeline):
        found += _of_pipeline(pipeline, str(backend.name))
    gateway = backend.gateway
    if isinstance(gateway, Gateway):
        found += _noun_problems(gateway, f"the gateway {gateway.name}", gateway.where)
        found += _noun_problems(gateway.cors, f"Cors of {gateway.name}", _place(gateway.cors, gateway))
        for provider in _instances(cast("Iterable[Any]", gateway.users), IdentityProvider):
            found += _noun_problems(provider, f"{type(provider).__name__} of {gateway.name}", provider.where)
    for service in _instances(backend.services, Service):
        found += _of_process(service)
    for job in _instances(backend.jobs, Job):
        found += _of_process(job)
    return list(dict.fromkeys(found))


def _of_pipeline(pipeline: Pipeline, name: str) -> Iterator[Problem]:
    yield from _noun_problems(pipeline, f"{type(pipeline).__name__} of {name}", pipeline.where)
    for deploy in _instances(pipeline.deploys, Deploy):
        yield from _noun_problems(deploy, f"a deploy of {name}", deploy.where)
    if isinstance(pipeline.artifacts, Artifacts):
        yield from _noun_problems(pipeline.artifacts, f"the artifacts of {name}", pipeline.artifacts.where)


def _of_environment(environment: Environment) -> Iterator[Problem]:
    if isinstance(environment.workers, Workers):
        yield from _noun_problems(environment.workers, f"Workers of {environment.name}", environment.workers.where)
    for name, values in environment.values.items() if isinstance(environment.values, Mapping) else ():
        yield from _of_keys(values, Field(object, "write {'NAME': value}", keys=str), f"{name}'s values", environment)


def _of_process(process: Service[Any] | Job) -> Iterator[Problem]:
    yield from _noun_problems(process, str(process.name), process.where)
    if isinstance(process.build, Build):
        yield from _noun_problems(process.build, f"the build of {process.name}", process.build.where)
    yield from _of_settings(process)
    needs: list[Resource | External] = [*_instances(process.needs, Resource), *_instances(process.needs, External)]
    for need in needs:
        yield from _noun_problems(need, f"a {need.kind} of {process.name}", need.where)
    for call in _instances(process.calls, Call):
        yield from _noun_problems(call, f"a call of {process.name}", call.where)
        yield from _of_callee(process, call)
    if isinstance(process, Service):
        yield from _noun_problems(process.health, f"the health of {process.name}", _place(process.health, process))
        for route in _instances(process.routes, Route):
            yield from _noun_problems(route, f"a route of {process.name}", route.where)


def _of_settings(process: Service[Any] | Job) -> Iterator[Problem]:
    if isinstance(process.settings, type):
        given: type = process.settings
        if not issubclass(given, Settings):
            text = f"settings of {process.name} is the class {given.__name__}, which is no Settings"
            yield Problem("BACKEND006", text, process.where, f"write class {given.__name__}(Settings)")
            return
        try:
            process.settings.declared()
        except Exception as error:  # noqa: BLE001 - an annotation is the user's code, and is evaluated here
            text = f"{process.settings.__name__} of {process.name} cannot be read: {type(error).__name__}: {error}"
            yield Problem("BACKEND006", text, process.where, "give each of its settings a type that is imported")
        return
    for setting in _instances(process.settings, Setting):
        yield from _noun_problems(setting, f"a setting of {process.name}", process.where)


def _of_callee(process: Service[Any] | Job, call: Call) -> Iterator[Problem]:
    try:
        callee = call.callee
    except Exception as error:  # noqa: BLE001 - the function is the user's, and is called late
        text = f"the callee of a call of {process.name} cannot be found out: {type(error).__name__}: {error}"
        yield Problem("CALL006", text, call.where, "let the function return a Service object: Call(lambda: other, …)")
        return
    if not isinstance(callee, Service):
        text = f"a call of {process.name} is to {_shown(callee)}, not to a Service"
        yield Problem("CALL006", text, call.where, MAY)


def _noun_problems(noun: object, name: str, where: SourceLocation) -> Iterator[Problem]:
    fields = next((fields for kind, fields in FIELDS.items() if isinstance(noun, kind)), {})
    for key, field in fields.items():
        value = getattr(noun, key)
        if field.keys:
            yield from _of_keys(value, field, f"{key} of {name}", noun)
        elif field.each and isinstance(value, type):
            continue  # a Settings class, which is looked at by itself
        elif field.each and isinstance(value, str):
            text = f"{key} of {name} is {_shown(value)}, not a list"
            yield Problem("BACKEND006", text, where, field.mend)
        else:
            for item in value if field.each else (value,):
                if not isinstance(item, field.types):
                    verb = "holds" if field.each else "is"
                    text = f"{key} of {name} {verb} {_shown(item)}, not a {_named(field.types)}"
                    yield Problem("BACKEND006", text, where, field.mend)


def _of_keys(value: object, field: Field, name: str, noun: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("BACKEND006", f"{name} is {_shown(value)}, not a mapping", noun.where, field.mend)
        return
    for key, item in value.items():
        if not isinstance(key, field.keys):
            text = f"{name} has the key {_shown(key)}, not a {_named(field.keys)}"
            yield Problem("BACKEND006", text, noun.where, field.mend)
        elif not isinstance(item, field.types):
            text = f"{name} has {_shown(item)} for {key}, not a {_named(field.types)}"
            yield Problem("BACKEND006", text, noun.where, field.mend)


def _instances(values: Iterable[Any], kind: type[T]) -> list[T]:
    return [value for value in values if isinstance(value, kind)]


def _place(noun: Any, owner: Any) -> SourceLocation:
    """Return where a noun was written; what is no noun stands where its owner does."""
    where = getattr(noun, "where", owner.where)
    return where if isinstance(where, SourceLocation) else owner.where


def _shown(value: object) -> str:
    """Show a value by its name or its text, cut where it is long."""
    if isinstance(value, (Service, Job, Gateway)):
        return f"the {type(value).__name__} {value.name}"
    return f"{repr(value)[:40]}, a {type(value).__name__}"


def _named(types: Types) -> str:
    names = [kind.__name__ for kind in (types if isinstance(types, tuple) else (types,))]
    return " or ".join("None" if name == "NoneType" else name for name in names)
