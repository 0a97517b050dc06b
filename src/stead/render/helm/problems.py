"""Parts of a description that a chart cannot express; each with its place and a remedy."""

import re
from collections.abc import Iterator, Sequence

from stead.model import Backend, Problem, Process
from stead.render.helm import smoke_job
from stead.render.helm.chart import VERSION
from stead.render.helm.context import installed
from stead.render.helm.naming import camel
from stead.render.kubernetes.context import ClusterContext


def problems(backend: Backend) -> Sequence[Problem]:
    """Return the promises that the target cannot keep."""
    found = [each for context in installed(backend).values() for each in _of_environment(context)]
    return list(dict.fromkeys(found))


def _of_environment(context: ClusterContext) -> Iterator[Problem]:
    names: dict[str, Process] = {}
    for process in context.described.processes:
        other = names.setdefault(camel(process.name), process)
        if other is not process:
            message = f"{process.name} and {other.name} would have the same settings in a chart: {camel(process.name)}"
            yield Problem("HELM010", message, process.where, "rename one of the two", other.where)
        if process.name == smoke_job.name_of(context):
            message = f"{process.name} is the name of the Pod that helm test runs"
            yield Problem("HELM011", message, process.where, "rename the process")
    if not re.fullmatch(VERSION, context.release.version):
        message = f"{context.release.version!r} is not a valid version of a chart"
        mend = "ship a version of letters, digits, dots, hyphens, underscores and plus signs: 4f2a91c, v1.2.0"
        yield Problem("HELM012", message, context.environment.where, mend)
