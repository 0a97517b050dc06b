"""The bindings of a Worker, from wrangler's configuration in its folder."""

from contextlib import suppress
from pathlib import Path

from stead.model import AnyService, Backend, Postgres
from stead.model.wrangler import HYPERDRIVE, NAMES, Bindings, bindings_of, parsed
from stead.model.wrangler_faults import Configuration, binding_faults, names_of, service_bindings
from stead.run.error import RunError
from stead.run.workerd_bundle import WorkerSource


def worker_bindings(source: WorkerSource, environment: str) -> Bindings:
    """Return the bindings of a Worker; RunError when its file cannot be read, or binds a missing database."""
    config = configuration(source.entry)
    if config is None:
        return Bindings()
    bindings = bindings_of(config.table, environment)
    _check_hyperdrive(source, config.file, bindings)
    _check_names(source, config.file, bindings)
    return bindings


def configuration(entry: Path) -> Configuration | None:
    """Return the configuration beside a Worker's entry, or in the folder above; RunError when it cannot be read."""
    folders = (entry.parent, entry.parent.parent)
    file = next((folder / name for folder in folders for name in NAMES if (folder / name).is_file()), None)
    if file is None:
        return None
    try:
        text = file.read_text()
        return Configuration(file, text, parsed(file.name, text))
    except (OSError, ValueError) as error:
        raise RunError(f"{file} cannot be read: {error}") from None


def check_service_bindings(service: AnyService, backend: Backend, folder: Path, environment: str) -> None:
    """Raise RunError with all that a Worker binds in its own configuration, and that the run does not have.

    folder  of the backend.py
    """
    described = _configurations(backend, folder)
    config = described.get(service)
    if config is None:
        return
    counts = _section(config, environment)
    faults = binding_faults(service, backend, config, names_of(described))
    if wrong := [str(fault) for fault in faults if fault.environment == counts]:
        raise RunError("; ".join(wrong))


def _configurations(backend: Backend, folder: Path) -> dict[AnyService, Configuration]:
    """Return the configuration of each Worker that has one; one that cannot be read fails its own Worker alone."""
    found: dict[AnyService, Configuration] = {}
    for each in backend.services:
        with suppress(RunError):
            config = configuration(WorkerSource.of(each, folder).entry) if each.worker else None
            found |= {each: config} if config else {}
    return found


def _section(config: Configuration, environment: str) -> str:
    """Return the section that counts for a run: the environment's, else the top, else the first that binds a Worker."""
    sections = dict(config.sections())
    ordered = [name for name in (environment, "", *sections) if name in sections]
    return next((name for name in ordered if any(service_bindings(sections[name]))), "")


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
