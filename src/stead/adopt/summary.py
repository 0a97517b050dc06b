"""Summary: what was found, what was guessed, and what nobody could tell, for the person who adopts."""

from collections.abc import Iterator

from stead.adopt.adopt import Adopted
from stead.adopt.sketch import Remark, Sketch, Sureness

MOST = 12  # remarks of one kind that are printed; the file has all


def summary(adopted: Adopted, written: str) -> str:
    """Return what there is to tell, as lines."""
    sketch = adopted.sketch
    counted = _counted(sketch)
    parts = [f"{written}: {counted}" if counted else written]
    parts += [f"  read: {', '.join(sketch.sources)}"] if sketch.sources else []
    parts += [f"  left out: {name}: {why}" for name, why in sorted(sketch.skipped.items())[:MOST]]
    parts += [f"  left out: {len(sketch.skipped) - MOST} more"] if len(sketch.skipped) > MOST else []
    for sureness in ("guessed", "could not tell"):
        parts += _remark_lines(sketch, sureness)
    parts += [f"  not read: {note}" for note in adopted.notes]
    return "\n".join(parts) + "\n"


def _counted(sketch: Sketch) -> str:
    calls = sum(len(process.calls) for process in sketch.processes)
    settings = len({setting.name for process in sketch.processes for setting in process.settings})
    resources = len({need.key for process in sketch.processes for need in process.needs})
    counts = {
        "services": len(sketch.services),
        "jobs": len(sketch.jobs),
        "resources": resources,
        "calls": calls,
        "settings": settings,
        "routes": sum(len(process.routes) for process in sketch.processes),
        "environments": len(sketch.environments),
    }
    return ", ".join(f"{number} {name if number > 1 else name[:-1]}" for name, number in counts.items() if number)


def _remark_lines(sketch: Sketch, sureness: Sureness) -> Iterator[str]:
    remarks: list[tuple[str, Remark]] = [each for each in sketch.all_remarks() if each[1].sureness == sureness]
    if remarks:
        yield f"  {sureness}:"
        yield from (f"    {f'{about}: ' if about else ''}{remark.plain}" for about, remark in remarks[:MOST])
        if len(remarks) > MOST:
            yield f"    and {len(remarks) - MOST} more in the file"
