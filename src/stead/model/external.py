"""External: a server outside the backend with an address, such as a broker, a search server, another team's API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from stead.model.source_location import SourceLocation, here

PORTS = {  # default ports of URLs that name none
    "http": 80, "https": 443, "amqp": 5672, "amqps": 5671, "mongodb": 27017, "mysql": 3306, "nats": 4222,
    "redis": 6379, "rediss": 6379, "postgresql": 5432, "postgres": 5432, "kafka": 9092, "smtp": 25, "smtps": 465,
    "ldap": 389, "ldaps": 636, "grpc": 50051, "mqtt": 1883, "mqtts": 8883,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class External:
    """A server that Stead does not create and that a process connects to over TCP. The process waits for it at its
    start.

    name       what it is, such as `kafka`; a DNS label
    setting    the setting that holds its address: `host:port`, several with commas between, or a URL
    addresses  by environment, what that setting holds there; where none is named, a person gives it
    secret     whether the address holds a credential; then no description holds it, and a person gives it everywhere
    waits      whether a process waits on this machine until something listens there
    """

    kind: ClassVar[str] = "external"
    name: str
    setting: str
    addresses: Mapping[str, str] = field(default_factory=dict)
    secret: bool = False
    waits: bool = True
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)


def endpoints(address: str) -> list[tuple[str, int]]:
    """Return the hosts and ports that an address names; ValueError, without the address, where one names no port.

    >>> endpoints("amqp://guest:guest@mq.example/shop"), endpoints("one:9092,two:9092")
    ([('mq.example', 5672)], [('one', 9092), ('two', 9092)])
    """
    scheme, there, rest = address.partition("://")
    hosts = rest.partition("/")[0].rpartition("@")[2] if there else address
    usual = PORTS.get(scheme.lower().partition("+")[0]) if there else None
    return [_endpoint(each.strip(), usual) for each in hosts.split(",") if each.strip()]


def _endpoint(text: str, usual: int | None) -> tuple[str, int]:
    try:
        split = urlsplit(f"//{text}")
        host, port = split.hostname, split.port or usual
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise ValueError("it has no host and port: write host:port, several with commas between, or a URL")
    return host, port
