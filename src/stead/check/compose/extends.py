"""The services of a Compose file, each laid over what it `extends`, as Compose resolves it."""

import posixpath
from collections.abc import Mapping
from pathlib import Path

from stead.check.merged_config import MergedConfig, over

Files = Mapping[Path, MergedConfig]


def resolved(files: Files, file: Path) -> MergedConfig:
    """Return a Compose file in which no service lacks what another one gives it."""
    root = files[file]
    services = root.get("services")
    if services is None or not any(service.get("extends") for _, service in services.each()):
        return root
    found = MergedConfig(root.file, root.at)
    known = MergedConfig(services.file, services.at)
    known.members = {name: _service(files, file, name, ()) for name, _ in services.each()}
    found.members = {**root.members, "services": known}
    return found


def _service(files: Files, file: Path, name: str, above: tuple[tuple[Path, str], ...]) -> MergedConfig:
    """Return a service over its base; as it is where the base is not there, or extends itself."""
    own = files[file].get("services", name)
    assert own is not None, "asked are services that are there"
    base, other = own.text_at("extends", "service") or own.text_at("extends"), own.text_at("extends", "file")
    home = Path(posixpath.normpath(file.parent / other)) if other else file
    if not base or (home, base) in above or home not in files or files[home].get("services", base) is None:
        return own
    found = over(_service(files, home, base, (*above, (file, name))), own)
    found.file, found.at = own.file, own.at  # a finding about the service stands where the service does
    return found
