"""Migrations: what a service needs in its database is made before the service starts."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.kubernetes.hook import moment
from stead.check.kubernetes.manifest import find, text_of, texts
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem
from stead.render.context import MAKERS
from stead.render.kubernetes.argo import WAVE

MIGRATES = re.compile(r"\bmigrat(?:e|ions?)\b|\balembic\b|\bflyway\b|\bliquibase\b", re.IGNORECASE)


@rule("KUBERNETES135")
def migrations_run_before_their_services(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Job that migrates or creates a database does not run after the services that use it.

    Otherwise these start with the old tables, and fail at the first query of a new column. On the first sync they never
    become ready, so that the wave of the Job never starts. Give the Job the earlier wave.
    """
    first = {job.name for job in context.backend.jobs if job.runs == "before"} if context.backend else set()
    for each in delivered_sets(context):
        waves = _application_waves(each)
        services = [workload for workload in each.workloads if workload.kind == "Deployment"]
        for job in (workload for workload in each.workloads if workload.kind == "Job"):
            whole = job.name in first or job.name in MAKERS.values()
            for service in services if whole or _migrates(job) else ():
                if (whole or _is_of(job, service)) and _moment(waves, service) < _moment(waves, job):
                    message = f"{job.name} runs after {service.name}, which needs its result"
                    place = job.manifest.at(job.manifest.annotations.get(WAVE) or job.manifest.root)
                    mend = f"give it an earlier wave than {service.name}"
                    yield Problem("KUBERNETES135", message, place, mend, service.manifest.place)
                    break


def _migrates(job: Workload) -> bool:
    """Return whether a Job migrates, by its name or by its command."""
    words = (job.name, *(word for each in job.running for key in ("command", "args") for word in texts(each.node, key)))
    return any(MIGRATES.search(word) for word in words)


def _is_of(job: Workload, service: Workload) -> bool:
    """Return whether a Job is a service's own: by its name, or by its image."""
    images = {text_of(each.node, "image") for each in service.running}
    same = any(text_of(each.node, "image") in images for each in job.running)
    return same or job.name.startswith(f"{service.name}-") or job.name.endswith(f"-{service.name}")


def _application_waves(each: ManifestSet) -> dict[Path, int]:
    """Return the waves of the Applications by their folders, where each folder is one of its own."""
    found: dict[Path, int] = {}
    for application in each.of("Application"):
        if find(application.root, "spec", "source") is not None:
            found[application.file.parent] = moment(application)[1]
    return found


def _moment(waves: dict[Path, int], workload: Workload) -> tuple[int, int, int]:
    return (waves.get(workload.manifest.file.parent, 0), *moment(workload.manifest))


RULES = (migrations_run_before_their_services,)
