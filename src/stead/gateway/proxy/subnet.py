"""The networks that a container is in: from there alone its neighbours' outgoing calls are accepted."""

import ipaddress
import socket


def own_networks() -> tuple[str, ...]:
    """Return the networks of this machine's interfaces, without the loopback's, as CIDR, sorted."""
    import psutil

    found = set()
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family in (socket.AF_INET, socket.AF_INET6) and each.netmask:
                found.add(_network(each.address, each.netmask))
    return tuple(sorted(str(each) for each in found if not (each.is_loopback or each.is_link_local)))


def _network(address: str, mask: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    host = ipaddress.ip_address(address.partition("%")[0])  # an IPv6 address may name its interface
    length = int(ipaddress.ip_address(mask)).bit_count()
    return ipaddress.ip_network(f"{host}/{length}", strict=False)
