"""The configuration of one workerd that runs all Workers of a backend: text of Cap'n Proto, as workerd reads it.

No value is in it: every var and secret comes from the process environment, under the Worker's name, so that the file
may be read by anybody. A service binding leads to the local end of a declared call, where the proxy puts in the
service token; a Worker has no other way to a callee.

https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.model.workers import COMPATIBILITY_FLAGS
from stead.model.wrangler import Bindings
from stead.run import workerd_storage

DATABASE = "DATABASE_URL"
NO_BINDINGS = Bindings()
REACHES = ("public", "private")  # a database of this machine is on a private address


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """One Worker: its module's file, beside the configuration, where it listens, its settings and its callees.

    settings  names of the vars and secrets that it is given
    callees   per service binding, the port where its callee is asked
    files     a folder, in place of the network: whatever it fetches by a URL is a file of it
    bindings  what its own configuration of wrangler binds
    """

    name: str
    module: str
    port: int
    settings: Sequence[str]
    callees: Mapping[str, int]
    files: str = ""
    bindings: Bindings = NO_BINDINGS


def variable(worker: str, setting: str) -> str:
    """Return the name under which a Worker's setting is in the environment of workerd."""
    return f"{worker}/{setting}"


def written(workers: Sequence[WorkerConfig], host: str, compatibility_date: str, folder: Path | None = None) -> str:
    """Return the text of the configuration; `folder` is where it is written, and where simulators have their data."""
    bound = {worker.name: worker.bindings for worker in workers if worker.bindings}
    services = [line for worker in workers for line in _services(worker, host)]
    if folder:
        services += workerd_storage.services(bound, folder)
    services.append(f'(name = "internet", network = (allow = {json.dumps(REACHES)}, tlsOptions = {TLS}))')
    sockets = [
        f'(name = {_text(worker.name)}, address = "{host}:{worker.port}", http = (), service = {_text(worker.name)})'
        for worker in workers
    ]
    parts = [
        'using Workerd = import "/workerd/workerd.capnp";',
        f"const config :Workerd.Config = (\n  services = {_list(services)},\n  sockets = {_list(sockets)},\n"
        f"  extensions = {_list(workerd_storage.extensions(bound.values()))},\n);",
        *(_worker(number, worker, compatibility_date) for number, worker in enumerate(workers)),
    ]
    return "\n\n".join(parts) + "\n"


TLS = "(trustBrowserCas = true)"


def _services(worker: WorkerConfig, host: str) -> Iterator[str]:
    yield f"(name = {_text(worker.name)}, worker = .{_constant(worker.name)})"
    for binding, port in worker.callees.items():
        name = _text(f"{worker.name}:{binding}")
        yield f'(name = {name}, external = (address = "{host}:{port}", http = ()))'
    if worker.files:
        yield f"(name = {_text(f'{worker.name}:files')}, disk = (path = {_text(worker.files)}, writable = false))"


def _worker(number: int, worker: WorkerConfig, compatibility_date: str) -> str:
    bindings = [
        f"(name = {_text(name)}, fromEnvironment = {_text(variable(worker.name, name))})" for name in worker.settings
    ]
    bindings += [f"(name = {_text(name)}, service = {_text(f'{worker.name}:{name}')})" for name in worker.callees]
    bindings += [workerd_storage.bound(each, variable(worker.name, DATABASE)) for each in worker.bindings.bindings]
    outbound = f"  globalOutbound = {_text(f'{worker.name}:files')},\n" if worker.files else ""
    return (
        f"const {_constant(worker.name)} :Workerd.Worker = (\n"
        f'  modules = [(name = "worker-{number}", esModule = embed {_text(worker.module)})],\n'
        f"  compatibilityDate = {_text(compatibility_date)},\n"
        f"  compatibilityFlags = {json.dumps(COMPATIBILITY_FLAGS)},\n"
        f"{outbound}  bindings = {_list(bindings)},\n);"
    )


def _constant(name: str) -> str:
    """Return a name of Cap'n Proto's own form for a Worker: camel case, which a DNS label always gives."""
    first, *rest = name.split("-")
    return f"worker{first.capitalize()}" + "".join(f"X{part.capitalize()}" for part in rest)


def _text(value: str) -> str:
    return json.dumps(value)


def _list(items: Sequence[str]) -> str:
    return "[\n" + "".join(f"    {item},\n" for item in items) + "  ]" if items else "[]"
