"""The type of each field of a description, checked without an editor or a type checker.

A description is run without a type checker, so a string where an object belongs (`calls=["b"]`) would end in an
AttributeError somewhere in Stead. Types are checked first, so that every other rule may rely on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.model.backend import Backend
from stead.model.build import Build
from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.external import External
from stead.model.gateway import Cors, Gateway, Rate
from stead.model.health import Health
from stead.model.identity import AccessTokens, IdentityProvider, Introspection
from stead.model.infrastructure import Infrastructure
from stead.model.job import Job
from stead.model.kubernetes import Autoscale, ExternalSecrets, Gitops, Kubernetes, Secrets, Server, Vault
from stead.model.limits import Limits
from stead.model.pipeline import Artifacts, Deploy, Github, Gitlab
from stead.model.request_limits import RequestLimits
from stead.model.resource import Resource
from stead.model.route import Route
from stead.model.service import Service
from stead.model.setting import Setting
from stead.model.workers import Workers

Types = type | tuple[type, ...]
MAY = "write calls=[other.may('operation')], where other is the Service object"
SETTINGS = "list Setting('NAME') values, or name a Settings class"
TEXT = "write a string"
STRINGS = "write a tuple of strings, with a comma: ('one',)"


@dataclass(frozen=True, slots=True)
class Field:
    """The type of a field: one value of these types, with `each` a sequence of them, with `keys` a mapping."""

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
    "secret_files": Field(bool, "write True or False"),
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
        "infrastructure": Field((Infrastructure, type(None)), "write infrastructure=Infrastructure('aws', state='…')"),
    },
    Infrastructure: {name: Field(str, TEXT) for name in ("provider", "state", "region", "cidr", "dns_zone")}
    | {
        "sizes": Field(str, "write sizes={'postgres': '…'}, with a size as the provider names it", keys=str),
        "disk": Field(int, "write a whole number of GB"),
        "nodes": Field(int, "write a whole number of nodes"),
        "external": _each(str, "write external=('registry',), with a comma"),
    },
    Kubernetes: {
        "namespace": Field(str, TEXT),
        "host": Field(str, TEXT),
        "gateway": Field(str, "write gateway='namespace/name' of an existing Gateway"),
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
    Setting: {name: Field(str, TEXT) for name in ("name", "several")}
    | {"type": Field(type, "write a type: str, int, float, bool or tuple")},
    Introspection: {name: Field(str, TEXT) for name in ("prefix", "path", "operation")}
    | {"service": Field(Service, "name the Service object")},
    AccessTokens: {name: Field(str, TEXT) for name in ("keys", "operation")}
    | {"service": Field(Service, "name the Service object")},
}
