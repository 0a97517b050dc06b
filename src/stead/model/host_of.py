"""HostOf: a setting that holds the host name of another service, where an HTTP URL is not what its program wants."""

from dataclasses import dataclass

from stead.model.service import AnyService


@dataclass(frozen=True, slots=True)
class HostOf:
    """The host name at which a service is reached, as the value of a var: `{messages: {"SMTP_HOST": HostOf(mail)}}`.

    It is for a protocol beside HTTP, on a port that the description gives to both. The process that is told the host
    must declare a call to the service: without one, no network leads there.

    service  whose host it is: `127.0.0.1` on this machine, the service's name in Compose and in a cluster
    """

    service: AnyService
