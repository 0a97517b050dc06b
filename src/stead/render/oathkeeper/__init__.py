"""Render the files of an Ory Oathkeeper that a team runs in front of the gateway: `Gateway(engine="oathkeeper")`.

`deploy/oathkeeper/<environment>/` has the configuration and the access rules, which Compose mounts, and for an
environment in a cluster the ConfigMap of both. Envoy stays behind it: a service trusts only the gateway's tokens, which
Oathkeeper cannot create, and Envoy enforces limits of bodies and rates. The rules are JSON, which is also YAML, with
the comment of the mark.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from stead.gateway.oathkeeper import access_rules, configuration
from stead.gateway.problem import GatewayError
from stead.model import Backend, Environment, Problem
from stead.render import yaml
from stead.render.gateway_deployment import LISTEN
from stead.render.oathkeeper.report import text

__all__ = ["EDITABLE", "FOLDER", "MISSING", "files", "is_wanted", "problems"]

EDITABLE: tuple[type, ...] = ()
MISSING = ("the gateway has another engine", 'say Gateway(…, engine="oathkeeper")')
FOLDER = "oathkeeper"
DEV = "dev"  # the environment of a person's machine, where Envoy alone is the gateway


def is_wanted(backend: Backend) -> bool:
    """Return whether Oathkeeper is in front of the gateway."""
    return backend.gateway is not None and backend.gateway.engine == "oathkeeper"


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the parts of a description that Oathkeeper cannot express or forward."""
    found = list(_grpc(backend))
    for environment in _environments(backend):
        try:
            configuration(backend, _values(backend, environment))
        except GatewayError as error:
            message, _, mend = str(error).partition(": ")[2].partition(": ")
            where = backend.gateway.where if backend.gateway else backend.where
            found.append(Problem("OATHKEEPER001", f"in {environment.name}, {message}", where, mend, environment.where))
    return found


def _grpc(backend: Backend) -> Iterator[Problem]:
    """Oathkeeper uses only HTTP/1.1 upstream, without gRPC."""
    gateway = backend.gateway
    for service in gateway.fronts if gateway and any(_environments(backend)) else ():
        for route in service.routes:
            if route.grpc and route.access != "service":
                message = f"{route} of {service.name} is gRPC, which Oathkeeper does not forward"
                mend = 'remove engine="oathkeeper", or make it a route for services'
                yield Problem("OATHKEEPER002", message, route.where, mend, gateway.where if gateway else None)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the files, by path below `deploy/`."""
    found = {f"{FOLDER}/REPORT.md": text(backend)}
    for environment in _environments(backend):
        own = {
            "oathkeeper.yaml": yaml.written(configuration(backend, _values(backend, environment))),
            "rules.yaml": json.dumps(access_rules(backend, _upstream(backend, environment)), indent=2) + "\n",
        }
        if environment.kubernetes:
            own["oathkeeper.configmap.yaml"] = yaml.written(_config_map(environment.kubernetes.namespace, own))
        found |= {f"{FOLDER}/{environment.name}/{name}": each for name, each in own.items()}
    return found


def _environments(backend: Backend) -> Iterator[Environment]:
    yield from (each for each in backend.environments if each.name != DEV)


def _upstream(backend: Backend, environment: Environment) -> str:
    assert backend.gateway is not None
    cluster = environment.kubernetes
    host = f"{backend.gateway.name}.{cluster.namespace}.svc" if cluster else backend.gateway.name
    return f"http://{host}:{LISTEN}"


def _values(backend: Backend, environment: Environment) -> dict[str, str]:
    """Return the gateway's settings in an environment: values of its cluster, and defaults."""
    assert backend.gateway is not None
    declared = {each.name: each.default for each in backend.gateway.declared if isinstance(each.default, str)}
    given = environment.kubernetes.values if environment.kubernetes else {}
    return declared | {name: str(value) for name, value in given.items()}


def _config_map(namespace: str, own: Mapping[str, str]) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "oathkeeper", "namespace": namespace},
        "data": {name: yaml.Block(each) for name, each in own.items()},
    }
