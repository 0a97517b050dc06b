"""The state of a run, as the control socket and the console show it."""

from typing import TYPE_CHECKING, Any

from stead.run.first_try import example_path
from stead.run.run_info import has_tokens

if TYPE_CHECKING:
    from stead.run.supervisor import Supervisor


def state(run: "Supervisor") -> dict[str, Any]:
    """Return all that is known of a run, for those who show it."""
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


def _notes(run: "Supervisor") -> list[str]:
    """Return what is wrong with the description, or that it has changed since it was read."""
    if run.trouble:
        return run.trouble.splitlines()
    files = run.description.changed()
    return [f"{', '.join(files)} changed since it was read: stead up -d applies it"] if files else []
