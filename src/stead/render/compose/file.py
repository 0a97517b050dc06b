"""A backend in one environment as a Compose file."""

from dataclasses import replace

from stead.model import Backend, Environment
from stead.render.compose import bucket, edge, secret, store
from stead.render.compose.network import groups, name_of
from stead.render.compose.process import job, service
from stead.render.compose.spec import ComposeFile, ComposeService, Network, Volume
from stead.render.compose.world import MAKERS, World, keeper_of

ALONE = "alone"  # how the network of one member is called


def compose_file(backend: Backend, environment: Environment) -> ComposeFile:
    """Return all that runs in one environment."""
    world = World(backend, environment)
    services = _services(world)
    networks, joined = _networks(world)
    connected = {name: replace(each, networks=joined.get(name, ())) for name, each in services.items()}
    volumes = {str(mount.source) for each in services.values() for mount in each.volumes if mount.type == "volume"}
    return ComposeFile(
        name=f"{backend.name}-{world.short}",
        environment=environment.name,
        services=connected,
        networks=networks,
        volumes={name: edge.MEMORY if name == edge.VOLUME else Volume() for name in volumes},
        secrets=secret.secrets(world),
    )


def _services(world: World) -> dict[str, ComposeService]:
    found = store.servers(world)
    found |= {each.name: service(world, each) for each in world.services}
    found |= {each.name: job(world, each) for each in world.backend.jobs}
    gateway = world.backend.gateway
    if gateway:
        found |= {gateway.name: edge.gateway(world, gateway), keeper_of(gateway): edge.keeper(world, gateway)}
    return found


def _networks(world: World) -> tuple[dict[str, Network], dict[str, tuple[str, ...]]]:
    """Return the networks, and who is in which; those of the servers lead nowhere else."""
    found: dict[str, Network] = {}
    joined: dict[str, list[str]] = {}
    calls, stores = groups(_calls(world)), groups(_stores(world), world.calls)
    for group, internal in (*((group, None) for group in calls), *((group, True) for group in stores)):
        name = name_of(group)
        found[name] = Network(internal)
        for member in group:
            joined.setdefault(member, []).append(name)
    for member in _alone(world, {member for group in calls for member in group}):
        found[f"{ALONE}-{member}"] = Network()
        joined.setdefault(member, []).append(f"{ALONE}-{member}")
    return found, {name: tuple(sorted(names)) for name, names in joined.items()}


def permitted(world: World) -> frozenset[tuple[str, str]]:
    """Return who may reach whom: by a declared call, or because it needs a server."""
    return frozenset((*_calls(world), *_stores(world)))


def _calls(world: World) -> list[tuple[str, str]]:
    """The declared calls; the keeper asks those whose keys the gateway believes."""
    gateway = world.backend.gateway
    pairs = list(world.calls)
    if gateway:
        names = {service.name for service in world.services}
        asked = {call.callee.name for provider in gateway.providers for call in provider.calls}
        pairs += [(keeper_of(gateway), name) for name in asked & names]
    return pairs


def _stores(world: World) -> list[tuple[str, str]]:
    """Who uses which server."""
    pairs = [(process.name, server) for server in world.servers for process in world.users_of(server)]
    pairs += [(bucket.NAME, bucket.STORE)] if bucket.NAME in world.servers else []
    return pairs + [(MAKERS[server], server) for server in world.servers if server in MAKERS]


def _alone(world: World, joined: set[str]) -> list[str]:
    """Whoever is in no network but an internal one has one for itself; in dev a server too, for its port."""
    gateway = world.backend.gateway
    names = [*(process.name for process in world.processes), *([keeper_of(gateway)] if gateway else [])]
    return [*(world.servers if world.is_dev else ()), *(name for name in names if name not in joined)]
