"""The overlay of Compose: Prometheus, Grafana, Loki and Alloy beside a backend in development.

Prometheus joins the backend's own networks, as few as reach every service: a network of its own that all services
joined would let them reach one another. All four are reached on 127.0.0.1 only.

It is put on the files of `deploy/compose/`, and Compose reads every path in it from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

from stead.model import Limits
from stead.render.compose.context import FOLDER
from stead.render.compose.file import compose_file
from stead.render.compose.process import HEALTHY, LOOPBACK, deploy, port_variable
from stead.render.compose.secret import FOLDER as SECRETS
from stead.render.compose.secret import GRAFANA, RUN
from stead.render.compose.serialization import Tree, plain
from stead.render.compose.spec import (
    ComposeFile,
    ComposeService,
    DependsOn,
    Healthcheck,
    Mount,
    Network,
    Port,
    Secret,
    SecretMount,
    Volume,
)
from stead.render.compose.text import Var
from stead.render.docker.pin import Pin
from stead.render.docker.probe import probe_command
from stead.render.edit import edited
from stead.render.observability import grafana, loki, pin
from stead.render.observability.alloy import LOGS, PROJECT, SERVICE
from stead.render.observability.context import DEV, ObservabilityContext
from stead.render.observability.prometheus import FOLDER as PROMETHEUS

NAME = "observability"
FILE = "compose.yaml"
PASSWORD = GRAFANA.name
RETENTION = "15d"  # of metrics
WHERE_DOCKER_LOGS = Var("DOCKER_LOGS", "/var/lib/docker/containers")


@dataclass(frozen=True)
class OverlayFile(ComposeFile):
    """The overlay: a type of its own, since an edit of a backend's Compose files knows other services."""


def overlay(observability: ObservabilityContext) -> OverlayFile:
    """Return the four services, their volumes, and the network that they have to themselves."""
    services = {
        "alloy": _alloy(),
        "grafana": _grafana(),
        "loki": _loki(),
        "prometheus": _prometheus(_reaching(observability)),
    }
    return OverlayFile(
        name=observability.project,
        environment=NAME,
        services=services,
        networks={NAME: Network()},
        volumes={name: Volume() for name in services},
        secrets={PASSWORD: Secret(f"../{FOLDER}/{SECRETS}/{DEV}/{PASSWORD}")},
    )


def tree(observability: ObservabilityContext) -> Tree:
    """Return the overlay as it is written: what Docker is to note in each line of the backend's logs, too."""
    made = plain(edited(observability.backend, overlay(observability)))
    made.pop("name")  # Compose keeps the name that the base's overlay gives
    noted = {"logging": {"options": {"labels": f"{PROJECT},{SERVICE}"}}}
    services = dict.fromkeys(_backend(observability).services, noted) | made["services"]
    made["services"] = {name: services[name] for name in sorted(services)}
    return made


def _backend(observability: ObservabilityContext) -> ComposeFile:
    return edited(observability.backend, compose_file(observability.backend, observability.context.environment))


def _reaching(observability: ObservabilityContext) -> tuple[str, ...]:
    """Return as few networks as a greedy search finds in which every observed service is."""
    services = _backend(observability).services
    members: dict[str, set[str]] = {}
    for each in observability.observed:
        for network in services[each.name].networks if each.name in services else ():
            members.setdefault(network, set()).add(each.name)
    waiting = [(-len(inside), name) for name, inside in members.items()]
    heapify(waiting)
    found: list[str] = []
    reached: set[str] = set()
    while waiting:
        count, name = heappop(waiting)
        fresh = members[name] - reached
        if len(fresh) == -count:
            found.append(name)
            reached |= fresh
        elif fresh:  # it was counted before the request was passed on
            heappush(waiting, (-len(fresh), name))
    return tuple(sorted(found))


def _image(each: Pin) -> Var:
    return Var(each.name, each.image)


def _port(name: str, port: int) -> Port:
    return Port(port, Var(port_variable(name), str(port)), LOOPBACK)


def _file(source: str, target: str) -> Mount:
    return Mount("bind", f"../{NAME}/{source}", target, read_only=True)


def _prometheus(networks: tuple[str, ...]) -> ComposeService:
    return ComposeService(
        image=_image(pin.PROMETHEUS),
        user="65534:65534",
        command=(
            f"--config.file={PROMETHEUS}/prometheus.yaml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={RETENTION}",
            "--storage.tsdb.retention.size=2GB",
        ),
        volumes=(
            _file("prometheus.yaml", f"{PROMETHEUS}/prometheus.yaml"),
            _file("rules.yaml", f"{PROMETHEUS}/rules.yaml"),
            Mount("volume", "prometheus", "/prometheus"),
        ),
        ports=(_port("prometheus", 9090),),
        networks=(NAME, *networks),
        healthcheck=Healthcheck(("CMD", "wget", "-q", "--spider", "http://127.0.0.1:9090/-/ready")),
        deploy=deploy(Limits(cpus=1, memory=512, pids=128)),
    )


def _grafana() -> ComposeService:
    """Grafana requires a login, and sends no requests for plugins, updates or statistics."""
    settings: Mapping[str, Any] = {
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_AUTH_ANONYMOUS_ENABLED": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_SECURITY_ADMIN_PASSWORD__FILE": f"{RUN}/{PASSWORD}",
        "GF_SECURITY_DISABLE_GRAVATAR": "true",
        "GF_USERS_ALLOW_SIGN_UP": "false",
    }
    return ComposeService(
        image=_image(pin.GRAFANA),
        user="472:0",
        depends_on={"loki": HEALTHY, "prometheus": HEALTHY},
        environment=settings,
        secrets=(SecretMount(PASSWORD, PASSWORD),),
        volumes=(
            _file("grafana/provisioning", grafana.PROVISIONING),
            _file("grafana/dashboards", grafana.DASHBOARDS),
            Mount("volume", "grafana", "/var/lib/grafana"),
        ),
        ports=(_port("grafana", 3000),),
        networks=(NAME,),
        healthcheck=Healthcheck(("CMD", "wget", "-q", "--spider", "http://127.0.0.1:3000/api/health")),
        deploy=deploy(Limits(cpus=1, memory=512, pids=256)),
    )


def _loki() -> ComposeService:
    """The image contains only Loki, whose binary does its own health check."""
    return ComposeService(
        image=_image(pin.LOKI),
        user="10001:10001",
        command=("-config.file=/etc/loki/loki.yaml",),
        volumes=(_file("loki.yaml", "/etc/loki/loki.yaml"), Mount("volume", "loki", loki.DATA)),
        ports=(_port("loki", loki.PORT),),
        networks=(NAME,),
        healthcheck=Healthcheck(("CMD", "/usr/bin/loki", "-health")),
        deploy=deploy(Limits(cpus=1, memory=512, pids=128)),
    )


def _alloy() -> ComposeService:
    """Root, since Docker's files are root's, but with no capability, and with eyes only for those files."""
    return ComposeService(
        image=_image(pin.ALLOY),
        user="0:0",
        command=(
            "run",
            "--server.http.listen-addr=0.0.0.0:12345",
            "--storage.path=/var/lib/alloy/data",
            "--disable-reporting",
            "/etc/alloy/config.alloy",
        ),
        depends_on={"loki": DependsOn("service_healthy")},
        volumes=(
            _file("config.alloy", "/etc/alloy/config.alloy"),
            Mount("bind", WHERE_DOCKER_LOGS, LOGS, read_only=True),
            Mount("volume", "alloy", "/var/lib/alloy/data"),
        ),
        networks=(NAME,),
        healthcheck=Healthcheck(("CMD", *probe_command("program", "/-/ready", 12345))),
        deploy=deploy(Limits(cpus=0.5, memory=256, pids=128)),
    )
