"""What a Worker of a run binds, read from the configuration of wrangler in its folder."""

from pathlib import Path

from stead.model import Postgres
from stead.model.wrangler import HYPERDRIVE, NAMES, Bindings, bindings_of, parsed
from stead.run.error import RunError
from stead.run.workerd_bundle import WorkerSource


def worker_bindings(source: WorkerSource, environment: str) -> Bindings:
    """Return what a Worker binds; RunError when its file cannot be read, or binds a database that it has not."""
    folder = source.entry.parent
    file = next((found for place in (folder, folder.parent) for found in _configurations(place)), None)
    if file is None:
        return Bindings()
    try:
        bindings = bindings_of(parsed(file.name, file.read_text()), environment)
    except (OSError, ValueError) as error:
        raise RunError(f"{file} cannot be read: {error}") from None
    _check_hyperdrive(source, file, bindings)
    _check_names(source, file, bindings)
    return bindings


def _configurations(folder: Path) -> list[Path]:
    return [folder / name for name in NAMES if (folder / name).is_file()]


def _check_hyperdrive(source: WorkerSource, file: Path, bindings: Bindings) -> None:
    name = next((each.name for each in bindings.bindings if each.kind == HYPERDRIVE), "")
    if name and not any(isinstance(need, Postgres) for need in source.service.needs):
        raise RunError(
            f"{file} has the Hyperdrive binding {name}, and {source.service.name} has no database: "
            "add needs=[Postgres()] to the service"
        )


def _check_names(source: WorkerSource, file: Path, bindings: Bindings) -> None:
    names = [each.name for each in bindings.bindings]
    declared = {each.name for each in source.service.declared}
    declared |= {each.setting for each in source.service.resources}
    for name in names:
        if names.count(name) > 1 or name in declared:
            other = "a setting of the service" if name in declared else "another binding"
            raise RunError(f"{file} binds {name}, the name of {other}: give one of them another name")
