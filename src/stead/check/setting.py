"""Settings: what the code reads from the environment is declared, and what is declared is read."""

from collections.abc import Iterator

from stead.check.rule import rule
from stead.check.seen import Seen, place
from stead.model import AnyService, Problem
from stead.model.wiring import wires

# What an operating system or a runtime sets; no service declares it.
ANYONES = frozenset({"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "PWD", "SHELL", "TERM", "CI", "HOSTNAME"})


@rule("SETTING010")
def what_is_read_is_declared(seen: Seen) -> Iterator[Problem]:
    """Every environment variable that a service's code reads is declared.

    A value that is read and not declared is missing on the next machine: no env example names it, no target provides
    it, and nobody notices before the code gets there. Declare it among the service's settings.
    """
    for service in seen.services:
        known = declared_names(seen, service)
        for path in seen.sources[service.name]:
            for at in seen.facts(path).reads:
                if at.text not in known | ANYONES:
                    message = f"{service.name} reads {at.text}, which it does not declare"
                    mend = f'add Setting("{at.text}") to the settings of {service.name}'
                    yield Problem("SETTING010", message, place(path, at), mend, service.where)


def declared_names(seen: Seen, service: AnyService) -> frozenset[str]:
    """Return every name that a service is given in some environment."""
    assert seen.backend
    return frozenset(
        wire.setting.name
        for environment in seen.backend.environments
        for wire in wires(seen.backend, service, environment)
    )


RULES = (what_is_read_is_declared,)
