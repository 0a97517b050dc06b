"""What is wrong with what runs elsewhere: its name, the addresses that a description holds, and its credentials."""

from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.dns_label import is_label
from stead.model.external import External, endpoints
from stead.model.gateway import Gateway
from stead.model.problem import Problem

KINDS = ("postgres", "redis", "bucket")  # the names of servers that a cluster says in the same place
CREDENTIALS = "say secret=True, leave the address out, and give it in the environment or a secret store"


def externals(backend: Backend) -> dict[External, list[str]]:
    """Return what the processes of a backend need that runs elsewhere, each with those who need it."""
    found: dict[External, list[str]] = {}
    for process in backend.processes:
        for each in () if isinstance(process, Gateway) else process.externals:
            found.setdefault(each, []).append(process.name)
    return found


def externals_are_found(backend: Backend) -> Iterator[Problem]:
    """What runs elsewhere has a name, and in each environment that names one an address with host and port."""
    names = [environment.name for environment in backend.environments]
    for external in externals(backend):
        if not is_label(external.name):
            message, mend = (
                f"{external.name!r} is not a name of what runs elsewhere",
                "write a DNS label, such as kafka",
            )
            yield Problem("RESOURCE003", message, external.where, mend)
        elif external.name in KINDS:
            message, mend = f"{external.name} is what Stead calls a resource of its own", "name it after its use"
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
