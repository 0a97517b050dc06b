"""The mask of what runs have left, log files and recordings, for who reads them from outside of a run.

Each recording says in which environment its run was, and which settings were secrets. Those of all that are kept are
taken, since a log file holds the lines of several runs. Where no recording can be read, every value of the env file
counts as a secret. Rejected: to load the description, which runs the code of a person, and knows no earlier one.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress

import msgspec

from stead.console.config import Graph, Node, SettingAbout
from stead.console.masking import Mask, env_values
from stead.console.run_file import FOLDER, run_files
from stead.console.run_view import RunView, ended_run
from stead.run.error import RunError
from stead.run.state_directory import Folder

USUAL = "dev"  # the environment where none is named


def recorded_mask(folder: Folder) -> Mask:
    """Return the mask of the secrets of every run that is kept, and of the one that goes on."""
    views = list(_views(folder))
    environments = sorted({view.about.get("environment", USUAL) for view in views} | {_current(folder)})
    nodes = tuple(node for view in views for node in view.graph.nodes)
    graph = Graph(nodes or tuple(_everything(folder, environments)))
    return Mask(folder, environments, lambda: graph)


def _views(folder: Folder) -> Iterator[RunView]:
    for file in run_files(folder.path / FOLDER):
        with suppress(sqlite3.Error, msgspec.MsgspecError):  # it is damaged: the others tell what they know
            yield ended_run(file)


def _current(folder: Folder) -> str:
    """Return the environment of the run that goes on; the usual one when none does."""
    with suppress(RunError):  # it is damaged: who asks for the state of the run is told so
        if run := folder.run():
            return run.environment or USUAL
    return USUAL


def _everything(folder: Folder, environments: Iterable[str]) -> Iterator[Node]:
    for environment in environments:
        names = env_values(folder.description.with_name(f".env.{environment}"))
        settings = tuple(SettingAbout(name, None, secret=True, source="file", why="") for name in names)
        yield Node(environment, "", settings=settings)
