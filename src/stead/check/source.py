"""Where the source of a service is: the package of its app, or the folder of its command."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from stead.model import AnyService

CODE = frozenset({".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".java", ".kt", ".yml", ".yaml", ".properties"})


def package_of(service: AnyService) -> Path | None:
    """Return the folder of the package that holds a service's app; None when there is none to be found."""
    module = service.app.partition(":")[0]
    if not module:
        return None
    try:
        spec = find_spec(module.rpartition(".")[0] or module)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or not spec.origin:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def sources_of(service: AnyService, root: Path, files: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files of a service's code: those of its package, or of `files` those below its folder."""
    package = package_of(service)
    if package is not None:
        return (package,) if package.is_file() else tuple(sorted(package.rglob("*.py")))
    if not service.command or str(service.folder) == ".":
        return ()
    folder = (root / service.folder).resolve()
    return tuple(path for path in files if path.suffix in CODE and folder in path.parents)
