"""The table of events and jobs of a backend's pipelines, the images that each event pushes, and the run of one job."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stead.model import Backend, SteadError
from stead.ops.ci.event import Event, events
from stead.ops.ci.gitlab_rules import rows as gitlab_rows
from stead.ops.ci.job_run import Choice, JobName, run_job
from stead.ops.ci.plan import context_of
from stead.ops.ci.process import Outcome
from stead.ops.ci.simulation import Row, parsed, pushed
from stead.ops.ci.simulation import rows as github_rows
from stead.render import gitlab
from stead.render.repository import repository_root

OTHER = "docs/index.md"
ANY = Choice()


@dataclass(frozen=True)
class JobTable:
    """A backend and the repository's top; `own` is the changed path of the events."""

    backend: Backend
    top: Path
    own: str
    other: str = OTHER

    @property
    def events(self) -> tuple[Event, ...]:
        return events(context_of(self.backend).pipeline.branch, self.own, self.other)

    def rows(self) -> list[Row]:
        """Return a row for each job of GitHub's workflows and of GitLab's file, as they are on disk."""
        context = context_of(self.backend)
        found = list(github_rows(context, self.top, self.events))
        entry = self.top / gitlab.ENTRY
        for each in gitlab.pipelines(self.backend):
            file = self.top / each.file
            if not entry.is_file() or not file.is_file():
                raise SteadError(f"{each.file} does not exist; write it: stead render {context.path}")
            read = [parsed(path.read_text()) for path in (entry, file)]
            found += gitlab_rows(each.file, read[0], read[1], self.events)
        if not found:
            raise SteadError(
                f"the files of {self.backend.name}'s pipelines do not exist; write them: stead render {context.path}"
            )
        return found

    def pushes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the images that each event would push."""
        for event in self.events:
            yield event.title, pushed(context_of(self.backend), event)

    def run(self, name: str, title: str = "", choice: Choice = ANY) -> Iterator[Outcome]:
        """Run a job on this machine for an event: a push if it starts the job, else the first event that does."""
        return run_job(self.backend, self.top, self.events, JobName(name, title), choice)


def job_table_of(backend: Backend, folder: Path, own: str = "") -> JobTable:
    """Return the table of a backend with a folder; the default of `own` is its description."""
    root = repository_root(backend)
    return JobTable(backend, (folder / root.path).resolve(), own or root.source)


def markdown(table: JobTable) -> str:
    """Return the table as Markdown."""
    titles = [event.title for event in table.events]
    lines = [f"| workflow | job | {' | '.join(titles)} |", "|---" * (len(titles) + 2) + "|"]
    for row in table.rows():
        job = row.job if row.times == 1 else f"{row.job} × {row.times}"
        lines.append(f"| {row.workflow} | {job} | {' | '.join('runs' if each else '' for each in row.starts)} |")
    lines += ["", f"Changed is `{table.own}`, and elsewhere `{table.other}`.", ""]
    for title, images in table.pushes():
        names = ", ".join(f"`{image}`" for image in images) or "nothing"
        lines.append(f"- {title}: pushes {names}")
    return "\n".join(lines) + "\n"
