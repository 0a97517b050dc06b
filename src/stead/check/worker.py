"""A Worker's folder: it has the entry that the description names."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import AnyService, Environment, Problem, SourceLocation
from stead.model.worker import entry_of
from stead.model.workers_validation import is_worker_path


@rule("WORKER010")
def workers_have_an_entry(context: Context) -> Iterator[Problem]:
    """The folder of a Worker has its entry.

    Without it there is nothing to run and nothing to deploy, on any machine: a deploy that skips the folder would leave
    whatever was deployed before in its place. Write `src/index.ts` in the folder, or name the entry itself, as in
    `worker="apps/orders/worker.js"`.
    """
    for service, source, where in _workers(context):
        if is_worker_path(source) and not (context.root / entry_of(source)).is_file():
            message = f"the Worker of {service.name} has no {entry_of(source)}"
            yield Problem("WORKER010", message, where, f'write it, or name the entry: "{source}/worker.ts"')


def _workers(context: Context) -> Iterator[tuple[AnyService, str, SourceLocation]]:
    """Yield each Worker with its source, and the place that names it."""
    for service in context.services:
        if service.worker:
            yield service, str(service.worker), service.where
    environments: tuple[Environment, ...] = tuple(context.backend.environments) if context.backend else ()
    for environment in environments:
        if environment.workers:
            for service, source in environment.workers.sources.items():
                yield service, str(source), environment.workers.where


RULES = (workers_have_an_entry,)
