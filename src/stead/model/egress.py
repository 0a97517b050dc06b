"""Egress: the external endpoints of a service, as `host:port`."""

import re

HOST_AND_PORT = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}")


def port_of(address: str) -> int:
    """Return the port of a `host:port`."""
    return int(address.rpartition(":")[2])
