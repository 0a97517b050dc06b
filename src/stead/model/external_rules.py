"""The rules of external servers: names, addresses in the description, and credentials."""

from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.dns_label import is_label
from stead.model.external import External, endpoints
from stead.model.gateway import Gateway
from stead.model.problem import Problem

KINDS = ("postgres", "redis", "bucket")  # the names of servers that a cluster says in the same place
CREDENTIALS = "set secret=True, remove the address, and set it in the environment or a secret store"


def externals(backend: Backend) -> dict[External, list[str]]:
    """Return the external servers of a backend, each with the processes that need it."""
    found: dict[External, list[str]] = {}
    for process in backend.processes:
        for each in () if isinstance(process, Gateway) else process.externals:
            found.setdefault(each, []).append(process.name)
    return found


def externals_are_found(backend: Backend) -> Iterator[Problem]:
    """An external server has a name, and each of its addresses has a host and a port."""
    names = [environment.name for environment in backend.environments]
    for external in externals(backend):
        if not is_label(external.name):
            message, mend = (
                f"{external.name!r} is not a valid name of an external server",
                "write a DNS label, such as kafka",
            )
            yield Problem("RESOURCE003", message, external.where, mend)
        elif external.name in KINDS:
            message, mend = (
                f"{external.name} is the name of a resource that Stead creates",
                "choose another name, after its use",
            )
            yield Problem("RESOURCE003", message, external.where, mend)
        for environment, address in external.addresses.items():
            if environment not in names and names:
                message = f"{external.name} has an address in {environment!r}, which is not an environment"
                yield Problem("RESOURCE003", message, external.where, f"write one of {', '.join(names)}")
            yield from _address_problems(external, environment, address)


def _address_problems(external: External, environment: str, address: str) -> Iterator[Problem]:
    if external.secret or "@" in address:
        message = f"the address of {external.name} in {environment} holds a credential"
        yield Problem("RESOURCE004", message, external.where, CREDENTIALS)
        return
    try:
        endpoints(address)
    except ValueError as error:
        problem_text, _, mend = str(error).partition(": ")
        message = f"the address of {external.name} in {environment} is {address!r}: {problem_text}"
        yield Problem("RESOURCE003", message, external.where, mend)


RULES = (externals_are_found,)
