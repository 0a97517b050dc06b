"""A Worker's entry: the table as a constant, and the parts of the runtime that read it.

The runtime is JavaScript of this package, written beside the entries as it stands: nothing is installed for it.
"""

import json
from collections.abc import Mapping
from importlib.resources import files as resources
from typing import Any

from stead.model import AnyService, Gateway
from stead.model.worker import entry_of
from stead.render.workers.context import Deployed, WorkersContext
from stead.render.workers.table import container_table, gateway_table, guard_table

RUNTIME = {
    "gateway": ("call.js", "gateway.js", "http.js", "token.js", "users.js"),
    "worker": ("call.js", "guard.js", "http.js", "token.js"),
    "container": ("container.js",),
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
    head = 'import { front, service } from "../runtime/container.js";'
    return _assembled(head, container_table(process, context)) + (
        "export class Service extends service(table) {}\n\nexport default front(table);\n"
    )


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
