"""Projects: which of a team's own Compose files run together, so that one may define what another one names.

Docker is given some files of a folder, with what they include; which ones is said on a command line that nobody sees
here. A file of the name that Docker takes by itself (`compose.yaml`) runs with those of its folder; any other, and one
that only adds to services, may be laid over a file of any folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.compose.stack import compose_files, compose_model, is_delivered
from stead.check.context import Context
from stead.check.merged_config import MergedConfig

ALONE = re.compile(r"(?:docker-)?compose\.ya?ml")
OVERRIDE = re.compile(r"(?:docker-)?compose\.")  # `compose.override.yaml.example`: a file that somebody copies
DEFINES = ("image", "build", "extends")


def project(context: Context, file: Path) -> list[MergedConfig]:
    """Return the Compose files that may run together with one outside of `deploy/`, itself among them."""
    files = context.once(compose_files)
    together = context.once(_together)
    names = together[file] if _is_whole(context, file) else files.keys()
    return [config for name, config in files.items() if name in names]


def defined(context: Context, file: Path, kind: str) -> set[str]:
    """Return the names of a kind (`services`, `volumes`, …) that a file outside of `deploy/` may use."""
    return {name for config in project(context, file) for name, _ in config.each(kind)}


def is_defined_elsewhere(context: Context, file: Path, kind: str, name: str) -> bool:
    """Return whether a file of another folder defines a name, or an example of an override beside a file has it."""
    files = context.once(compose_files)
    if any(config.get(kind, name) is not None for config in files.values()):
        return True
    beside = (path for path in context.tree.files if path.parent == file.parent and path not in files)
    return any(name in (context.tree.text(path) or "") for path in beside if OVERRIDE.match(path.name))


def service_of(context: Context, file: Path, name: str) -> Iterator[MergedConfig]:
    """Yield what each file of a project says of a service."""
    for config in project(context, file):
        found = config.get("services", name)
        if found is not None:
            yield found


def _is_whole(context: Context, file: Path) -> bool:
    """Recognise a file that Docker takes by its name, and that defines every service that it has."""
    services = context.once(compose_files)[file].each("services")
    whole = all(any(service.get(key) is not None for key in DEFINES) for _, service in services)
    return bool(ALONE.fullmatch(file.name)) and whole and not context.tree.is_sample(file)


def _together(context: Context) -> dict[Path, set[Path]]:
    """Return for each own file those of its folder, those that include it, and all that these include."""
    own = [file for file in context.once(compose_files) if not is_delivered(context, file)]
    model = context.once(compose_model)
    heads = (file for file in own if file not in model.included)  # else a cycle would be reported twice
    parts: dict[Path, list[Path]] = {file: [] for file in own}
    parts |= {file: list(model.files(file)) for file in heads}
    found = {}
    for file in own:
        folders = {other.parent for other in own if file in parts[other] or other == file}
        found[file] = {part for other in own if other.parent in folders for part in (other, *parts[other])}
    return found
