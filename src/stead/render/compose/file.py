"""A backend in one environment as a Compose file."""

from collections.abc import Iterator
from dataclasses import replace

from stead.gateway.proxy.sidecar import Sidecar
from stead.model import AnyService, Backend, Environment, Job
from stead.render.compose import bucket, egress, gateway_service, proxy, secret, store
from stead.render.compose.context import ComposeContext, agent_of
from stead.render.compose.job_waiter import job_waiter
from stead.render.compose.network import groups, name_of
from stead.render.compose.process import HEALTHY, job, service
from stead.render.compose.scheduled import scheduled
from stead.render.compose.spec import ComposeFile, ComposeService, Network, Volume
from stead.render.context import MAKERS
from stead.render.gateway_deployment import VOLUME

ALONE = "alone"  # how the network of one member is called


def compose_file(backend: Backend, environment: Environment) -> ComposeFile:
    """Return all that runs in one environment."""
    context = ComposeContext(backend, environment)
    services = _services(context)
    networks, joined = _networks(context)
    named = _aliases(context, joined)
    connected = {
        name: replace(each, networks=joined.get(name, ()), aliases=named.get(name, {}))
        for name, each in services.items()
    }
    volumes = {str(mount.source) for each in services.values() for mount in each.volumes if mount.type == "volume"}
    in_memory = {VOLUME, *map(proxy.volume_of, context.sidecars.values())}
    return ComposeFile(
        name=f"{backend.name}-{context.short}",
        environment=environment.name,
        services=connected,
        networks=networks,
        volumes={name: gateway_service.MEMORY if name in in_memory else Volume() for name in volumes},
        secrets=secret.secrets(context),
    )


def _services(context: ComposeContext) -> dict[str, ComposeService]:
    found = store.servers(context)
    found |= {each.name: _service(context, each) for each in context.services} | egress.services(context)
    found |= {each.name: _job(context, each) for each in context.backend.jobs}
    found |= job_waiter(context)
    for sidecar in context.sidecars.values():
        found |= proxy.services(context, sidecar)
    gateway = context.backend.gateway
    if gateway:
        found |= {
            gateway.name: gateway_service.gateway(context, gateway),
            agent_of(gateway): gateway_service.agent(context, gateway),
        }
    return found


def _service(context: ComposeContext, each: AnyService) -> ComposeService:
    """Return a service with its ways out, which it waits for."""
    made, ways = service(context, each), egress.exits(each)
    waits = {**made.depends_on, **{way.name: HEALTHY for way in ways}}
    return replace(made, links=tuple(way.link for way in ways), depends_on=waits)


def _job(context: ComposeContext, each: Job) -> ComposeService:
    return scheduled(context, each, job(context, each)) if each.is_scheduled else job(context, each)


def _networks(context: ComposeContext) -> tuple[dict[str, Network], dict[str, tuple[str, ...]]]:
    """Return the networks with their members; those of the servers and of closed programs are internal."""
    found: dict[str, Network] = {}
    joined: dict[str, list[str]] = {}
    calls, stores = groups(_calls(context)), groups(_stores(context), _calls(context))
    for group, internal in (*((group, None) for group in calls), *((group, True) for group in stores)):
        name = name_of(group)
        found[name] = Network(internal)
        for member in group:
            joined.setdefault(member, []).append(name)
    for program, sidecar in context.sidecars.items():
        found[proxy.network_of(program)] = Network(_internal(egress.is_closed(sidecar.process)))
        for member in (program, sidecar.name, sidecar.agent):
            joined.setdefault(member, []).append(proxy.network_of(program))
    for program, ways in egress.all_exits(context).items():
        found[egress.network_of(program)] = Network(internal=True)
        for member in (program, *(way.name for way in ways)):
            joined.setdefault(member, []).append(egress.network_of(program))
    closed = {each.name for each in context.services if egress.is_closed(each)}
    for member in _alone(context, {member for group in calls for member in group}):
        found[f"{ALONE}-{member}"] = Network(_internal(member in closed))
        joined.setdefault(member, []).append(f"{ALONE}-{member}")
    return found, {name: tuple(sorted(names)) for name, names in joined.items()}


def _internal(closed: bool) -> bool | None:
    """Return what is written: nothing where a network is as any other."""
    return True if closed else None


def _aliases(context: ComposeContext, joined: dict[str, tuple[str, ...]]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return aliases: in the networks of its callers, a program's name belongs to its proxy."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for program, sidecar in context.sidecars.items():
        inside = proxy.network_of(program)
        found[program] = {inside: (sidecar.program.host,)}
        found[sidecar.name] = {name: (program,) for name in joined[sidecar.name] if name != inside}
    return found


def uncalled(context: ComposeContext) -> tuple[str, ...]:
    """Return the services that a process asks without a call: the servers, and the ways out of programs."""
    store_of_buckets = (bucket.STORE,) if bucket.NAME in context.servers else ()
    ways = (way.name for ways in egress.all_exits(context).values() for way in ways)
    return (*context.servers, *store_of_buckets, *ways)


def permitted(context: ComposeContext) -> frozenset[tuple[str, str]]:
    """Return the permitted pairs: declared calls, needs of servers, and programs with their proxies and exits."""
    inside = (pair for name, sidecar in context.sidecars.items() for pair in _inside(name, sidecar))
    return frozenset((*_calls(context), *_stores(context), *inside, *egress.pairs(context)))


def _inside(program: str, sidecar: Sidecar) -> Iterator[tuple[str, str]]:
    yield from ((sidecar.name, program), (program, sidecar.name))
    yield from ((sidecar.agent, program), (sidecar.agent, sidecar.name))


def _calls(context: ComposeContext) -> list[tuple[str, str]]:
    """The declared calls, from proxy to proxy; the agent requests key sets of trusted issuers."""
    gateway = context.backend.gateway
    pairs = [(context.front(caller), context.front(callee)) for caller, callee in context.calls]
    if gateway:
        names = {service.name for service in context.services}
        asked_callees = {call.callee.name for provider in gateway.providers for call in provider.calls}
        pairs += [(agent_of(gateway), context.front(name)) for name in asked_callees & names]
    return pairs


def _stores(context: ComposeContext) -> list[tuple[str, str]]:
    """The users of each server."""
    pairs = [(process.name, server) for server in context.servers for process in context.users_of(server)]
    pairs += [(bucket.NAME, bucket.STORE)] if bucket.NAME in context.servers else []
    return pairs + [(MAKERS[server], server) for server in context.servers if server in MAKERS]


def _alone(context: ComposeContext, joined: set[str]) -> list[str]:
    """A service in internal networks only also gets its own network; in dev a server, too, for its port."""
    gateway = context.backend.gateway
    names = [context.front(process.name) for process in context.processes]
    names += [way.name for ways in egress.all_exits(context).values() for way in ways]
    names += [agent_of(gateway)] if gateway else []
    return [*(context.servers if context.is_dev else ()), *(name for name in names if name not in joined)]
