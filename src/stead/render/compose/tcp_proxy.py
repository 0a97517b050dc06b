"""An Envoy that passes on connections to one host, byte by byte."""

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = "3600s"  # a connection on which nothing comes for so long is closed
TCP = "envoy.filters.network.tcp_proxy"
TCP_TYPE = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - of a container: its networks say who reaches it


def tcp_proxy(name: str, host: str, ports: Iterable[int]) -> Mapping[str, Any]:
    """Return what Envoy is told: the ports on which it listens, and the host to which their connections go."""
    pairs = [(_listener(name, host, port), _cluster(host, port)) for port in ports]
    return {"listeners": [listener for listener, _ in pairs], "clusters": [cluster for _, cluster in pairs]}


def _listener(name: str, host: str, port: int) -> Mapping[str, Any]:
    proxy = {"@type": TCP_TYPE, "stat_prefix": name, "cluster": f"{host}:{port}", "idle_timeout": LONGEST}
    return {
        "name": f"{name}:{port}",
        "address": address(EVERYWHERE, port),
        "filter_chains": [{"filters": [{"name": TCP, "typed_config": proxy}]}],
    }


def _cluster(host: str, port: int) -> Mapping[str, Any]:
    endpoint = {"endpoint": {"address": address(host, port)}}
    return {
        "name": f"{host}:{port}",
        "type": "STRICT_DNS",
        "dns_lookup_family": "V4_PREFERRED",
        "connect_timeout": "5s",
        "load_assignment": {"cluster_name": f"{host}:{port}", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def address(host: str, port: int) -> Mapping[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}
