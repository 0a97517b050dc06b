"""The order of a deploy: callees before their callers, so that every binding names an existing Worker.

In a cycle the first service of the description comes first; its binding to the other exists from an earlier deploy, or
a second deploy adds it.
"""

from collections.abc import Iterator
from typing import Any

from stead.render.workers.context import Deployed, WorkersContext


def deploy_order(context: WorkersContext) -> tuple[Deployed, ...]:
    """Return the processes, callees first."""
    found: dict[str, Deployed] = {}
    for process in sorted(context.processes, key=lambda each: each.name):
        _add_after_callees(process, context, found, ())
    return tuple(found.values())


def _add_after_callees(
    process: Deployed, context: WorkersContext, found: dict[str, Deployed], above: tuple[str, ...]
) -> None:
    if process.name in found or process.name in above:
        return
    for callee in sorted(context.callees(process).values(), key=lambda each: each.name):
        _add_after_callees(callee, context, found, (*above, process.name))
    found.setdefault(process.name, process)


def back_edges(context: WorkersContext) -> Iterator[tuple[str, str]]:
    """Yield the calls to a service that is deployed later: those of a cycle."""
    place = {process.name: number for number, process in enumerate(deploy_order(context))}
    for process in context.processes:
        for callee in context.callees(process).values():
            if place[callee.name] > place[process.name]:
                yield process.name, callee.name


def plan(context: WorkersContext) -> dict[str, Any]:
    """Return the steps of a deploy in order, with the settings of each Worker at that step."""
    return {
        "workers": [
            {
                "service": process.name,
                "worker": context.worker_name(process),
                "public": context.is_public(process),
                "vars": ["VERSION", *(setting.name for setting in context.supplied(process))],
                "addresses": context.addresses(process),
                "secrets": _sources(process, context, required=True),
                "optional_secrets": _sources(process, context, required=False),
            }
            for process in deploy_order(context)
        ]
    }


def _sources(process: Deployed, context: WorkersContext, *, required: bool) -> dict[str, str]:
    """Return, for each secret of a process, the name under which a person gives it."""
    return {each.name: context.source_name(process, each) for each in context.secrets(process, required=required)}
