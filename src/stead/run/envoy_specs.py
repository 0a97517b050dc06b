"""The Envoys of a run: the gateway that people enter by, and the proxy in front of programs."""

from typing import Protocol

from stead.gateway.deployment import Deployment, Socket, UnixSocket
from stead.gateway.proxy.deployment import ProxyDeployment
from stead.gateway.proxy.plan import key_setting
from stead.model import Backend, Environment, Gateway
from stead.model.gateway import TRACES
from stead.model.wiring import PRIVATE_KEY
from stead.run.gateway import FOLDER as GATEWAY_FOLDER
from stead.run.gateway import GatewayProcess
from stead.run.port import HOST
from stead.run.process_settings import ProcessSettings
from stead.run.program_addresses import ProgramAddresses
from stead.run.proxy import FOLDER as PROXY_FOLDER
from stead.run.proxy import NAME, ProxyProcess
from stead.run.resolve import Resolver
from stead.run.state_directory import Folder


class Specs(Protocol):
    """A run, as far as its Envoys concern it."""

    backend: Backend
    environment: Environment
    folder: Folder
    port: int
    collector: str
    listening: dict[str, int]
    programs: ProgramAddresses
    resolver: Resolver
    settings: ProcessSettings

    @property
    def url(self) -> str: ...
    def reachable(self) -> dict[str, int]: ...


def gateway_process(specs: Specs, gateway: Gateway) -> GatewayProcess:
    """Return the gateway's process."""
    given = specs.settings.given[gateway.name]
    values = {each.setting.name: each.value for each in given if not each.setting.secret}
    deployment = Deployment(
        environment=specs.environment.name,
        version=specs.resolver.version,
        listen=Socket(HOST, specs.port),
        upstreams={name: Socket(HOST, port) for name, port in specs.reachable().items()},
        folder=str(specs.folder.path / GATEWAY_FOLDER),
        admin=UnixSocket(str(specs.folder.socket().with_suffix(".envoy"))),
        values=values,
        collector=values[TRACES.name] or specs.collector or None,
    )
    return GatewayProcess(specs.backend, gateway, deployment, specs.settings.environ(gateway), specs.url)


def proxy_process(specs: Specs) -> ProxyProcess | None:
    """Return the proxy in front of all commands; None when there is none, and none that calls."""
    if not (specs.programs.inner or specs.programs.calls):
        return None
    backend = specs.backend
    callers = {name for service in backend.services for name in backend.callers(service)}
    keys = {name: specs.resolver.public_key(name) for name in callers}
    deployment = ProxyDeployment(
        name=NAME,
        backend=backend.name,
        folder=str(specs.folder.path / PROXY_FOLDER),
        inbound=specs.programs.inbound(backend, specs.listening, keys),
        outbound=specs.programs.outbound(backend, specs.listening),
        admin=UnixSocket(str(specs.folder.socket().with_suffix(".proxy"))),
    )
    return ProxyProcess(deployment, _signing_keys(specs.settings, deployment))


def _signing_keys(settings: ProcessSettings, deployment: ProxyDeployment) -> dict[str, str]:
    given = {name: {each.setting.name: each.text or "" for each in values} for name, values in settings.given.items()}
    return {key_setting(call.caller): given[call.caller][PRIVATE_KEY.name] for call in deployment.outbound}
