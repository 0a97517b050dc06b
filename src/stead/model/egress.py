"""Egress: the external endpoints of a service, as `host:port`."""

import ipaddress
import re

HOST_AND_PORT = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}")


def host_of(address: str) -> str:
    """Return the host of a `host:port`."""
    return address.rpartition(":")[0]


def is_by_name(address: str) -> bool:
    """Return whether a `host:port` names one host: it has neither an address in place of a name nor a `*`."""
    host = host_of(address)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "*" not in host
    return False


def port_of(address: str) -> int:
    """Return the port of a `host:port`."""
    return int(address.rpartition(":")[2])
