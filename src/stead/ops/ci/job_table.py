"""The table of events and jobs of a backend's pipelines, what each event would push, and one job that is run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stead.model import Backend, SteadError
from stead.ops.ci import gitlab_runner
from stead.ops.ci.event import Event, events
from stead.ops.ci.gitlab_rules import rows as gitlab_rows
from stead.ops.ci.plan import context_of
from stead.ops.ci.process import Outcome
from stead.ops.ci.runner import run, secrets_of
from stead.ops.ci.simulation import Row, pushed, workflows
from stead.ops.ci.simulation import rows as github_rows
from stead.render import gitlab
from stead.render.repository import repository_root

OTHER = "docs/index.md"


@dataclass(frozen=True)
class JobTable:
    """A backend and the repository's top; `own` is a path whose change is tried."""

    backend: Backend
    top: Path
    own: str
    other: str = OTHER

    @property
    def events(self) -> tuple[Event, ...]:
        return events(context_of(self.backend).pipeline.branch, self.own, self.other)

    def rows(self) -> list[Row]:
        """Return a row for each job: of GitHub's workflows as they lie there, and of GitLab's own file."""
        import yaml

        context = context_of(self.backend)
        found = list(github_rows(context, self.top, self.events))
        entry = self.top / gitlab.ENTRY
        for each in gitlab.pipelines(self.backend):
            file = self.top / each.file
            if not entry.is_file() or not file.is_file():
                raise SteadError(f"{each.file} is not there: stead render {context.path}")
            read = [yaml.safe_load(path.read_text()) for path in (entry, file)]
            found += gitlab_rows(each.file, read[0], read[1], self.events)
        if not found:
            raise SteadError(f"no pipeline of {self.backend.name} is there: stead render {context.path}")
        return found

    def pushes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what each event would push."""
        for event in self.events:
            yield event.title, pushed(context_of(self.backend), event)

    def run(self, name: str, title: str = "push", secrets: Path | None = None) -> Iterator[Outcome]:
        """Run a job on this machine, as for an event; `secrets` is a folder with a file for each."""
        import yaml

        context = context_of(self.backend)
        event, given = self._event(title), secrets_of(secrets)
        for _, workflow in workflows(context, self.top):
            if name in workflow["jobs"]:
                version = event.tag or event.github()["sha"][:7]
                needs = {"plan": {"outputs": {"changed": "true", "version": version}}}
                yield from run(workflow["jobs"][name], event, needs, self.top / context.project, given)
                return
        for each in gitlab.pipelines(self.backend):
            file = self.top / each.file
            jobs = yaml.safe_load(file.read_text()) if file.is_file() else {}
            if name in jobs:
                yield from gitlab_runner.run(name, jobs[name], event, self.top, given)
                return
        raise SteadError(f"no pipeline of {self.backend.name} has a job {name}; stead ci test lists them")

    def _event(self, title: str) -> Event:
        found = next((event for event in self.events if event.title == title), None)
        if found is None:
            known = ", ".join(event.title for event in self.events)
            raise SteadError(f"there is no event {title!r}: name one of {known}")
        return found


def job_table_of(backend: Backend, folder: Path, own: str = "") -> JobTable:
    """Return the table of a backend whose folder is known; `own` left out: its description."""
    root = repository_root(backend)
    return JobTable(backend, (folder / root.path).resolve(), own or root.source)


def markdown(table: JobTable) -> str:
    """Return the table as a page holds it."""
    titles = [event.title for event in table.events]
    lines = [f"| workflow | job | {' | '.join(titles)} |", "|---" * (len(titles) + 2) + "|"]
    for row in table.rows():
        job = row.job if row.times == 1 else f"{row.job} × {row.times}"
        lines.append(f"| {row.workflow} | {job} | {' | '.join('runs' if each else '' for each in row.starts)} |")
    lines += ["", f"Changed is `{table.own}`, and elsewhere `{table.other}`.", ""]
    for title, images in table.pushes():
        said = ", ".join(f"`{image}`" for image in images) or "nothing"
        lines.append(f"- {title}: pushes {said}")
    return "\n".join(lines) + "\n"
