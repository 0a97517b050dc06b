"""The state of a run, as the control socket and the console show it."""

from typing import Any, Protocol

from stead.model import Backend
from stead.run.description import Description
from stead.run.first_try import example_path
from stead.run.options import Options
from stead.run.process_specs import ProcessSpecs
from stead.run.run_info import has_tokens
from stead.run.state_directory import Folder
from stead.run.status import Board


class Run(Protocol):
    """The source of the state: the supervisor."""

    backend: Backend
    board: Board
    console: str
    description: Description
    folder: Folder
    options: Options
    plans: ProcessSpecs
    remarks: list[str]
    trouble: str
    url: str


def state(run: Run) -> dict[str, Any]:
    """Return the state of a run, for display."""
    return {
        "backend": run.backend.name,
        "environment": run.options.environment,
        "version": run.plans.resolver.version,
        "url": run.url,
        "addresses": run.plans.addresses(),
        "description": str(run.folder.description),
        "token": has_tokens(run.backend),
        "try": example_path(run.backend),
        "story": run.folder.description.with_name("story.py").exists(),
        "settled": run.board.all_settled,
        "well": run.board.well,
        "stopping": run.board.stopping,
        "notes": [*run.plans.overrides, *_notes(run), *run.remarks],
        "console": run.console,
        "processes": run.board.snapshot(),
    }


def _notes(run: Run) -> list[str]:
    """Return the error of the description, or a note that it has changed since it was loaded."""
    if run.trouble:
        return run.trouble.splitlines()
    files = run.description.changed()
    return [f"{', '.join(files)} changed since the start; apply it: stead up -d"] if files else []
