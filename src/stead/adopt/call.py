"""Calls: whom a process asks, by the addresses that it is told; what it waits for is only a guess."""

import re
from collections.abc import Iterator

from stead.adopt.environment import label, without
from stead.adopt.evidence import Offer
from stead.adopt.image import SERVERS, image
from stead.adopt.process import Process
from stead.adopt.sketch import CallSketch, Remark, guessed, unsure
from stead.adopt.text import host_of

NAME = re.compile(
    r"(?P<stem>[A-Z][A-Z0-9_]*?)(?:_SERVICE|_API)?_(?:URL|URI|BASE_URL|ENDPOINT|ADDR|ADDRESS|HOST|ORIGIN)$"
)
ADDRESS = re.compile(r"https?://|[\w.-]+:\d+$")  # a service's address; a queue's is none
VARIABLE = re.compile(r"\{[^{}]*\}")


class CallTargets:
    """All processes that may be called, by the names under which they are reached."""

    def __init__(self, processes: list[Process], aliases: dict[str, str]) -> None:
        self.processes = {process.name: process for process in processes if not process.job}
        self._hosts = {alias: label(name) for alias, name in aliases.items() if label(name) in self.processes}
        self._hosts |= {name: name for name in self.processes}
        self._stems = {stem(name): name for name in self.processes}

    def at(self, text: str) -> str:
        """Return the process that an address leads to; empty when it leads elsewhere."""
        host = host_of(text)
        first = without(host.partition(".")[0])
        return self._hosts.get(host) or self._hosts.get(first, "")

    def named(self, variable: str) -> str:
        """Return the process that a variable is named after."""
        found = NAME.fullmatch(variable)
        return self._stems.get(found["stem"].lower().replace("_", "-"), "") if found else ""


def is_address(name: str, raw: str) -> bool:
    """Return whether a variable holds an address, by its value or by its name: `Ledger` in LEDGER_TITLE is none."""
    return bool(ADDRESS.match(raw) or NAME.fullmatch(name))


def stem(name: str) -> str:
    """Return what is a process's own in its name: `points` of `points-service` and of `backend-points`."""
    for word in ("service", "svc", "api", "backend", "app", "server"):
        name = name.removesuffix(f"-{word}").removeprefix(f"{word}-")
    return name


def usual(callee: str) -> str:
    """Return the setting in which Stead gives the address of a callee."""
    return callee.removesuffix("-service").replace("-", "_").upper() + "_SERVICE_URL"


def calls(process: Process, peers: CallTargets, offers: dict[str, tuple[Offer, ...]]) -> list[CallSketch]:
    """Return the calls of a process, sorted by callee."""
    found: dict[str, CallSketch] = {}
    for name, callee, remarks in _calls_of_variables(process, peers):
        if callee and callee != process.name and callee not in found:
            operations, more = _operations(process, offers.get(callee, ()))
            setting = "" if name == usual(callee) or not name else name
            found[callee] = CallSketch(callee, operations, setting, (*remarks, *more))
    return [found[callee] for callee in sorted(found)]


def _calls_of_variables(process: Process, peers: CallTargets) -> Iterator[tuple[str, str, tuple[Remark, ...]]]:
    """Yield the variable, the process that it leads to, and how sure that is."""
    if image(process.base).name in SERVERS:
        return
    values = [{name: value for name, value in process.values.items() if _is_its_own(process, name)}]
    values += process.variants.values()
    for name in sorted({name for given in values for name in given} | process.reads.keys()):
        raws = [given[name].raw for given in values if name in given]
        read = process.reads.get(name)
        raws += [read.more.partition(":")[2]] if read and read.more.startswith("default:") else []
        callee = next((there for raw in raws if ADDRESS.match(raw) if (there := peers.at(raw))), "")
        named = "" if any("://" in raw and not ADDRESS.match(raw) for raw in raws) else peers.named(name)
        if callee or named:
            yield name, callee or named, () if callee else (guessed(f"by the name of {name}"),)
    bindings = {callee: name for part in process.parts if part.worker for callee, name in part.bindings.items()}
    for name in dict.fromkeys(name for part in process.parts for name in part.callees):
        yield f"{bindings[name]}_URL" if name in bindings else "", peers.at(name), ()
    for name in dict.fromkeys(name for part in process.parts for name in part.after):
        if not process.folder:
            yield "", peers.at(name), (guessed(f"it waits for {name}"),)


def _is_its_own(process: Process, name: str) -> bool:
    """Return whether a variable is meant for a process: an env file that many have tells of one what its code reads."""
    giving = [part for part in process.parts if name in part.values]
    own = any(part.values[name].file == part.file for part in giving)
    return own or name in process.reads or (len(process.parts) == 1 and process.parts[0].kind == "folder")


def _operations(process: Process, offers: tuple[Offer, ...]) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """Return for what it asks: the operations whose path its code has; all of them where none can be seen."""
    inner = [offer for offer in offers if offer.access == "service" and offer.operation]
    operations = tuple(dict.fromkeys(offer.operation for offer in inner if process.mentions(_start(offer.path))))
    if not inner:
        return (), ()
    if operations:
        return operations, ()
    every = tuple(dict.fromkeys(offer.operation for offer in inner))
    return every, (unsure("which of these operations it calls"),) if len(every) > 1 else ()


def _start(path: str) -> str:
    """Return as much of a path as code has in one piece."""
    return VARIABLE.split(path)[0].rstrip("/")
