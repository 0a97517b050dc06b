"""The mask of what runs have left, log files and recordings, for who reads them from outside of a run.

Each recording says in which environment its run was, and which settings were secrets. Those of all that are kept are
taken, since a log file holds the lines of several runs. Where no recording can be read, every value of the env file
counts as a secret. Rejected: to load the description, which runs the code of a person, and knows no earlier one.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from stead.console.config import Graph, Node, SettingAbout
from stead.console.masking import Mask, env_values
from stead.console.run_file import FOLDER, run_files
from stead.console.run_view import RunView, ended_run
from stead.run.error import RunError
from stead.run.state_directory import Folder

NAME = re.compile(r"[\w-]{1,63}")
USUAL = "dev"  # the environment where none is named


def recorded_mask(folder: Folder) -> Mask:
    """Return the mask of the secrets of every run that is kept, and of the one that goes on."""
    views = list(_views(run_files(folder.path / FOLDER)))
    environments = sorted({*_environments(views), _current(folder)})
    nodes = tuple(node for view in views for node in view.graph.nodes)
    graph = Graph(nodes or tuple(_everything(folder, environments)))
    return Mask(folder, environments, lambda: graph)


class AnswerMask:
    """The mask of what the page is answered: by the secrets of the run that goes on, and of those that are kept."""

    def __init__(self, folder: Folder, current: Path, mask: Mask) -> None:
        self._folder, self._current, self._mask = folder, current, mask
        self._files: list[Path] = []
        self._kept: Mask | None = None

    def json(self, body: bytes) -> bytes:
        """Return JSON without secrets."""
        files = [file for file in run_files(self._folder.path / FOLDER) if file != self._current]
        if files != self._files:
            self._files, self._kept = files, self._of(files)
        body = self._mask.json(body)
        return self._kept.json(body) if self._kept else body

    def _of(self, files: Iterable[Path]) -> Mask:
        views = list(_views(files))
        graph = Graph(tuple(node for view in views for node in view.graph.nodes))
        return Mask(self._folder, sorted(_environments(views)), lambda: graph)


def _views(files: Iterable[Path]) -> Iterator[RunView]:
    for file in files:
        with suppress(sqlite3.Error, msgspec.MsgspecError):  # it is damaged: the others still give their values
            yield ended_run(file)


def _environments(views: Iterable[RunView]) -> set[str]:
    """Return the environments of runs. A file that was handed on may name anything: it becomes a part of no path."""
    return {name for view in views if NAME.fullmatch(name := view.about.get("environment", USUAL))}


def _current(folder: Folder) -> str:
    """Return the environment of the run that goes on; the usual one when none does."""
    with suppress(RunError):  # it is damaged: whoever asks for the state of the run gets the error
        if run := folder.run():
            return run.environment or USUAL
    return USUAL


def _everything(folder: Folder, environments: Iterable[str]) -> Iterator[Node]:
    for environment in environments:
        names = env_values(folder.description.with_name(f".env.{environment}"))
        settings = tuple(SettingAbout(name, None, secret=True, source="file", why="") for name in names)
        yield Node(environment, "", settings=settings)
