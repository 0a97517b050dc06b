"""KV, D1, R2 and queues of a run's Workers: the simulators of miniflare, in the same workerd.

They come from npm with wrangler, which runs the same for `wrangler dev`, so that both behave alike; own stand-ins
were rejected for that reason. Data stay below `.stead/`, but for the messages of a queue, which miniflare holds in
memory. Two Workers that name the same resource share it.

Hyperdrive is an object with the address of the Worker's database, as drivers read it. workerd's own binding would
have the password in the configuration.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.model.wrangler import D1, HYPERDRIVE, KV, QUEUES, R2, Binding, Bindings
from stead.run.error import RunError
from stead.run.search_path import project_folders

PACKAGE = "node_modules/miniflare/dist/src/workers"
PNPM = "node_modules/.pnpm/miniflare@*/" + PACKAGE
FOLDER = "simulators"
DATA = "storage/v3"  # as `wrangler … --local --persist-to .stead/workers/storage` lays it out
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
COMPATIBILITY_DATE = "2023-07-24"  # as miniflare sets it for its own Workers
D1_MODULE = "cloudflare-internal:d1-api"
HYPERDRIVE_MODULE = "stead:hyperdrive"
HYPERDRIVE_SCRIPT = """export default function (inner) {
  const url = new URL(inner.url);
  const text = (name) => decodeURIComponent(url[name]);
  const port = Number(url.port || 5432);
  return { connectionString: inner.url, host: url.hostname, port, user: text("username"), password: text("password"),
    database: url.pathname.slice(1) };
}
"""


@dataclass(frozen=True, slots=True)
class Simulator:
    """Miniflare's Workers for one kind of resource: the entry, the object with its class, and the binding's field."""

    name: str
    script: str
    class_name: str
    entry: str = "shared/object-entry.worker.js"


SIMULATORS = {
    KV: Simulator("kv", "kv/namespace.worker.js", "KVNamespaceObject"),
    R2: Simulator("r2", "r2/bucket.worker.js", "R2BucketObject"),
    D1: Simulator("d1", "d1/database.worker.js", "D1DatabaseObject", "d1/entry.worker.js"),
    QUEUES: Simulator("queues", "queues/broker.worker.js", "QueueBrokerObject"),
}
MODULES = {"miniflare:shared": "shared/index.worker.js", "miniflare:zod": "shared/zod.worker.js"}
BOUND = {
    KV: "kvNamespace = {service}",
    R2: "r2Bucket = {service}",
    QUEUES: "queue = {service}",
    D1: f'wrapped = (moduleName = "{D1_MODULE}", innerBindings = [(name = "fetcher", service = {{service}})])',
}


def prepare(workers: Sequence[Bindings], folder: Path, beside: Path) -> None:
    """Copy the simulators that are needed into the run's folder, and make the folders of their data."""
    kinds = kinds_of(workers)
    if not kinds:
        return
    package = _package(beside)
    needed = {
        *MODULES.values(),
        *(file for kind in kinds for file in (SIMULATORS[kind].script, SIMULATORS[kind].entry)),
    }
    for file in sorted(needed):
        to = folder / FOLDER / file
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(package / file, to)
        except OSError as error:
            raise RunError(f"{package / file} cannot be copied: {error.strerror}. Install wrangler 4 again") from None
    for kind in kinds:
        (folder / DATA / SIMULATORS[kind].name).mkdir(parents=True, exist_ok=True)


def kinds_of(workers: Sequence[Bindings]) -> list[str]:
    """Return the kinds of resources that need a simulator, in a fixed order."""
    used = {each.kind for worker in workers for each in worker.bindings}
    used |= {QUEUES for worker in workers if worker.consumers}
    return [kind for kind in SIMULATORS if kind in used]


def bound(binding: Binding, database: str) -> str:
    """Return a Worker's binding; `database` is the name of the variable that has its DATABASE_URL."""
    if binding.kind == HYPERDRIVE:
        inner = f'(name = "url", fromEnvironment = {_text(database)})'
        leads = f"wrapped = (moduleName = {_text(HYPERDRIVE_MODULE)}, innerBindings = [{inner}])"
    else:
        leads = BOUND[binding.kind].format(service=_text(_entry_name(binding.kind, binding.resource)))
    return f"(name = {_text(binding.name)}, {leads})"


def extensions(workers: Iterable[Bindings]) -> list[str]:
    """Return the modules that the simulators import, and Hyperdrive's, where a Worker needs them."""
    workers = list(workers)
    modules = [
        f"(name = {_text(name)}, esModule = embed {_text(f'{FOLDER}/{file}')})"
        for name, file in MODULES.items()
        if kinds_of(workers)
    ]
    if any(each.kind == HYPERDRIVE for worker in workers for each in worker.bindings):
        modules.append(f"(name = {_text(HYPERDRIVE_MODULE)}, internal = true, esModule = {_text(HYPERDRIVE_SCRIPT)})")
    return [f"(modules = [{', '.join(modules)}])"] if modules else []


def services(workers: Mapping[str, Bindings], folder: Path) -> Iterator[str]:
    """Yield the simulators as services of workerd: data and objects of each kind, and the entry of each resource."""
    used = {(each.kind, each.resource) for worker in workers.values() for each in worker.bindings}
    used |= {(QUEUES, each.queue) for worker in workers.values() for each in worker.consumers}
    for kind in kinds_of(list(workers.values())):
        path = _text(str((folder / DATA / SIMULATORS[kind].name).resolve()))
        yield f"(name = {_text(_data_name(kind))}, disk = (path = {path}, writable = true))"
        yield f"(name = {_text(_object_name(kind))}, worker = {_object(kind, workers)})"
        for resource in sorted(each for of, each in used if of == kind):
            yield f"(name = {_text(_entry_name(kind, resource))}, worker = {_entry(kind, resource)})"


def _object(kind: str, workers: Mapping[str, Bindings]) -> str:
    """Return the Worker whose Durable Objects are the resources of one kind."""
    of = SIMULATORS[kind]
    bindings = [f'(name = "MINIFLARE_BLOBS", service = {_text(_data_name(kind))})']
    storage = f"localDisk = {_text(_data_name(kind))}"
    flags = ["nodejs_compat", "experimental"]
    if kind == QUEUES:
        flags.append("service_binding_extra_handlers")
        storage = "inMemory = void"
        bindings = [*_broker_bindings(workers)]
    stays = ", preventEviction = true" if kind == QUEUES else ""
    space = f"(className = {_text(of.class_name)}, uniqueKey = {_text(f'miniflare-{of.class_name}')}{stays})"
    return (
        f"(modules = [{_module(of.script)}], compatibilityDate = {_text(COMPATIBILITY_DATE)}, "
        f"compatibilityFlags = {json.dumps(flags)}, durableObjectNamespaces = [{space}], "
        f"durableObjectStorage = ({storage}), bindings = [{', '.join(bindings)}])"
    )


def _broker_bindings(workers: Mapping[str, Bindings]) -> Iterator[str]:
    """Yield what the broker of queues is given: the consumers, and a way to each."""
    consumers = {
        each.queue: {**each.options, "workerName": name}
        for name, worker in workers.items()
        for each in worker.consumers
    }
    yield f'(name = "MINIFLARE_OBJECT", durableObjectNamespace = {_text(SIMULATORS[QUEUES].class_name)})'
    yield f'(name = "MINIFLARE_QUEUE_CONSUMERS", json = {_text(json.dumps(consumers))})'
    for name in sorted({str(each["workerName"]) for each in consumers.values()}):
        yield f"(name = {_text(f'MINIFLARE_WORKER_{name}')}, service = {_text(name)})"


def _entry(kind: str, resource: str) -> str:
    """Return the Worker through which a binding reaches its object."""
    of = SIMULATORS[kind]
    space = f"(className = {_text(of.class_name)}, serviceName = {_text(_object_name(kind))})"
    bindings = (
        f'(name = "MINIFLARE_NAMESPACE", text = {_text(_plain(resource) if kind != QUEUES else resource)}), '
        f'(name = "MINIFLARE_OBJECT", durableObjectNamespace = {space})'
    )
    flags = ', compatibilityFlags = ["enhanced_error_serialization"]' if kind == D1 else ""
    return (
        f"(modules = [{_module(of.entry)}], compatibilityDate = {_text(COMPATIBILITY_DATE)}{flags}, "
        f"bindings = [{bindings}])"
    )


def _module(file: str) -> str:
    return f"(name = {_text(Path(file).name)}, esModule = embed {_text(f'{FOLDER}/{file}')})"


def _plain(resource: str) -> str:
    """Return the id of a resource as the name of a folder: a placeholder may be anything."""
    return (
        resource
        if PLAIN.fullmatch(resource)
        else "id-" + re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}", resource)
    )


def _data_name(kind: str) -> str:
    return f"{SIMULATORS[kind].name}:data"


def _object_name(kind: str) -> str:
    return f"{SIMULATORS[kind].name}:objects"


def _entry_name(kind: str, resource: str) -> str:
    return f"{SIMULATORS[kind].name}:entry:{resource}"


def _package(beside: Path) -> Path:
    """Return the folder of miniflare's Workers, the nearest `node_modules` first."""
    for place in project_folders(beside):
        for found in (place / PACKAGE, *sorted(place.glob(PNPM), reverse=True)):
            if (found / MODULES["miniflare:shared"]).is_file():
                return found
    raise RunError(
        "a Worker's KV, D1, R2 and queues are simulated by miniflare, which comes with wrangler and is not installed: "
        f"npm install --save-dev wrangler  (in {beside}, or in a folder above it of the same repository)"
    )


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
