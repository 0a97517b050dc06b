"""The console put together: what records, what answers, and the paths of both."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from stead.console.access import Access
from stead.console.actions import Actions
from stead.console.api import Api
from stead.console.config import Graph, Start
from stead.console.database_reader import DatabaseReader
from stead.console.http_message import Handler
from stead.console.log_reader import LogFolder
from stead.console.masking import Mask
from stead.console.metric_sampler import MetricSampler
from stead.console.recorded_mask import AnswerMask
from stead.console.recorder import Recorder, StateWatcher
from stead.console.request_handlers import RequestHandlers
from stead.console.run_file import new_run, runs_folder
from stead.console.run_view import RunView
from stead.console.server import Server
from stead.run.state_directory import Folder

OPENING = 2.0  # seconds until the file can be read
SHOWN, LONGEST = 5, 60  # names in one note, and characters of each


class Console:
    """One run that goes on, its recorder, and the page that shows it."""

    def __init__(self, start: Start, port: int, description: Path, tell: Callable[[str], None]) -> None:
        self._start, self._graph, self._description = start, start.graph, description
        folder = Folder(description)
        self.folder = runs_folder(folder.path)
        self._file = new_run(self.folder, start.started, start.limits.runs if start.live else sys.maxsize)
        logs = LogFolder(folder.logs, start.offsets)
        mask = Mask(folder, (start.environment,), lambda: self._graph)
        self.recorder = Recorder(self._file, start.limits, self._about(), logs, mask, tell)
        self._states = StateWatcher(folder, self.recorder)
        self._sampler = MetricSampler(lambda: self._states.state.get("processes", ()), self.recorder.measure)
        self._actions = Actions(description, self.folder, self._file.stem)
        self._requests = RequestHandlers(description, start.environment, self.live)
        access, answers = Access(port, start.token), AnswerMask(folder, self._file, mask)
        self.server = Server(access, self._routes(), f"/otlp/{start.spans}", self.recorder, answers.json)

    def open(self) -> None:
        if self._start.live:
            self.recorder.start()
            self._states.start()
            self._sampler.start()

    async def close(self) -> None:
        await self._actions.commands.close()
        if self._start.live:
            self.recorder.end()

    def describe(self, graph: Graph) -> None:
        """Take a changed description."""
        self._graph = graph
        self.recorder.describe(self._about())

    def live(self) -> RunView | None:
        """Return the run that goes on; None when there is none."""
        if not self._start.live:
            return None
        self.recorder.opened.wait(OPENING)
        return RunView(self._file.stem, self._file, self._about(), self._graph, self._states.state)

    def notes(self) -> list[str]:
        """Return what is to know of the recording itself."""
        found = [self.recorder.problem] if self.recorder.problem else []
        if self.recorder.dropped:
            found.append(f"{self.recorder.dropped} spans came faster than they are recorded, and were dropped")
        if foreign := self._foreign():
            found.append(f"spans come from {foreign}: no part of this backend; the traces show them")
        if not self._start.traced:
            found.append("OTEL_EXPORTER_OTLP_ENDPOINT is set: spans go there, and not here")
        return found

    def _foreign(self) -> str:
        """Return the names of those that send spans and are not described."""
        names = sorted(self.recorder.senders - {node.name for node in self._graph.nodes})
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return ", ".join(name[:LONGEST] for name in names[:SHOWN]) + more

    def _about(self) -> dict[str, str]:
        start = self._start
        return {
            "backend": start.backend,
            "environment": start.environment,
            "version": start.version,
            "started": str(start.started or time.time()),
            "graph": msgspec.json.encode(self._graph).decode(),
        }

    def _routes(self) -> dict[tuple[str, str], Handler]:
        api, actions, requests = Api(self, DatabaseReader(self._description)), self._actions, self._requests
        return {
            ("GET", "/api/overview"): api.overview,
            ("GET", "/api/logs"): api.logs,
            ("GET", "/api/traces"): api.traces,
            ("GET", "/api/traces/{trace}"): api.trace,
            ("GET", "/api/boundaries"): api.boundaries,
            ("GET", "/api/services/{name}"): api.service,
            ("GET", "/api/services/{name}/database"): api.database,
            ("GET", "/api/services/{name}/rows"): api.rows,
            ("GET", "/api/runs"): api.runs,
            ("POST", "/api/runs"): actions.take_over,
            ("GET", "/api/runs/{run}/file"): actions.export,
            ("POST", "/api/runs/{run}/delete"): actions.delete,
            ("POST", "/api/processes/{name}/{action}"): actions.process,
            ("GET", "/api/commands"): actions.shown,
            ("POST", "/api/commands/{name}"): actions.command,
            ("GET", "/api/forms"): requests.forms,
            ("GET", "/api/requests"): requests.sent,
            ("POST", "/api/requests"): requests.send,
        }
