"""A Worker's entry: the table as a constant, and the parts of the runtime that read it.

The runtime is JavaScript of this package, written beside the entries as it stands: nothing is installed for it.
"""

import json
from collections.abc import Mapping
from importlib.resources import files as resources
from typing import Any

from stead.gateway.proxy.program import is_program
from stead.model import AnyService, Gateway
from stead.model.worker import entry_of
from stead.render.workers.context import Deployed, WorkersContext
from stead.render.workers.table import container_table, gateway_table, guard_table

RUNTIME = {
    "gateway": ("call.js", "gateway.js", "http.js", "token.js", "users.js"),
    "worker": ("call.js", "guard.js", "http.js", "token.js"),
    "container": ("call.js", "container.js", "guard.js", "http.js", "token.js"),
}
FOLDER = "runtime"


def entry(process: Deployed, context: WorkersContext) -> str:
    """Return the text of the entry of a process."""
    if isinstance(process, Gateway):
        return _assembled('import { gateway } from "../runtime/gateway.js";', gateway_table(process, context)) + (
            "export default gateway(table);\n"
        )
    if context.kind_of(process) == "worker":
        return _guarded(process, context)
    return _contained(process, context)


def _contained(service: AnyService, context: WorkersContext) -> str:
    """Return the entry before a container. An app verifies its callers by itself; before a program stands the guard."""
    head, served = 'import { front, service } from "../runtime/container.js";', "front(table)"
    table = container_table(service, context)
    if is_program(service):
        head += '\nimport { guarded } from "../runtime/guard.js";'
        table, served = {**table, "guard": guard_table(service, context)}, "guarded(front(table), table.guard)"
    return _assembled(head, table) + f"export class Service extends service(table) {{}}\n\nexport default {served};\n"


def _guarded(service: AnyService, context: WorkersContext) -> str:
    """Return the entry of a Worker with code of its own; its classes, such as Durable Objects, are exported, too."""
    source = f"../../../{entry_of(context.workers.source_of(service))}"
    head = (
        'import { guarded } from "../runtime/guard.js";\n'
        f"import worker from {json.dumps(source)};\n\n"
        f"export * from {json.dumps(source)};"
    )
    return _assembled(head, guard_table(service, context)) + "export default guarded(worker, table);\n"


def _assembled(head: str, table: Mapping[str, Any]) -> str:
    return f"{head}\n\nconst table = {json.dumps(table, indent=2)};\n\n"


def runtime(kinds: set[str]) -> dict[str, str]:
    """Return the files of the runtime that these kinds of Workers need, by name."""
    folder = resources(__package__) / FOLDER
    names = sorted({name for kind in kinds for name in RUNTIME[kind]})
    return {f"{FOLDER}/{name}": (folder / name).read_text(encoding="utf-8") for name in names}
