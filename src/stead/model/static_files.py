"""A front end as a folder of static files: the app of the kit that serves it, and the routes that it has by itself."""

from pathlib import Path, PurePosixPath

from stead.model.route import Route
from stead.model.source_location import SourceLocation

APP = "stead.kit.static_files:app"
INDEX = "index.html"
PATHS = ("/", "/{path:path}")


def as_folder(static: str | Path) -> str:
    """Return the folder as it is written into an environment and a Dockerfile: `web/dist/` is `web/dist`."""
    return str(PurePosixPath(static)) if static else ""


def default_routes(where: SourceLocation) -> tuple[Route, ...]:
    """Return the default routes of a front end: all paths, public.

    The responses are streams: a download may take longer than other responses.
    """
    return tuple(Route("GET", path, "public", streams=True, where=where) for path in PATHS)


def is_plain(folder: str) -> bool:
    """Return whether a folder is below the backend.py, and neither its own folder nor hidden."""
    parts = PurePosixPath(folder).parts
    return bool(parts) and all(part[0] not in "./" and "\\" not in part for part in parts)
