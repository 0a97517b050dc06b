"""The value of a setting in a cluster; None for given values and secrets."""

from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.model.host_of import HostOf
from stead.render.docker.image_kind import PORT
from stead.render.kubernetes.context import ClusterContext


def value_of(context: ClusterContext, wire: symbol.Wire) -> str | None:
    """Return the value of a setting; the port of a Pod is always the same."""
    match wire.value:
        case symbol.EnvironmentName():
            return context.environment.name
        case symbol.Version():
            return context.release.version
        case HostOf(callee):
            return callee.name
        case symbol.UrlOf(callee):
            return f"http://{callee.name}:{PORT}"
        case symbol.PortOf():
            return str(PORT)
        case symbol.Text(value):
            return as_text(value)
        case symbol.Supplied() if wire.setting.name in context.cluster.values and not wire.setting.secret:
            return as_text(context.cluster.values[wire.setting.name])
    return None
