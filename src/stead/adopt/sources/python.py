"""Programs in Python that no file starts: Django by its manage.py, any other by the app that a module has.

Which server starts an app is what the requirements name. HOST and PORT are what the server is told, on every target.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.adopt.evidence import Evidence, RoutePart
from stead.adopt.sources.procfile import HOST

REQUIREMENTS = ("requirements.txt", "pyproject.toml", "Pipfile")
MODULES = ("wsgi.py", "asgi.py", "app.py", "main.py", "server.py", "__init__.py")
FRAMEWORKS = {"Flask": "wsgi", "FastAPI": "asgi", "Starlette": "asgi", "Litestar": "asgi", "Quart": "asgi"}
APP = re.compile(rf"(?m)^(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\w+\.)?({'|'.join(FRAMEWORKS)}|(?:create|make)_app)\(")
SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["'],\s*["']([\w.]+)["']""")
MIGRATION = re.compile(r"migrations/0001_\w+\.py$")
SERVERS = {  # by what it serves, the first that the requirements name; the app comes last
    "wsgi": {
        "gunicorn": f"gunicorn --bind {HOST}:$PORT",
        "flask": f"flask run --host {HOST} --port $PORT --app",
    },
    "asgi": {
        "uvicorn": f"uvicorn --host {HOST} --port $PORT",
        "fastapi": f"uvicorn --host {HOST} --port $PORT",
        "hypercorn": f"hypercorn --bind {HOST}:$PORT",
    },
}
RUNSERVER = f"python manage.py runserver --noreload {HOST}:$PORT"
KIND = "programs in Python"


def read(found: Evidence) -> None:
    """Add each folder with requirements that has a program, and that nothing starts yet."""
    started = {part.folder for part in found.parts if part.folder and (part.command or part.build)}
    for path in found.named("manage.py"):
        if found.folder(path.parent) not in started:
            started.add(found.folder(path.parent))
            found.add(_django(found, path, found.tree.text(path) or ""), KIND)
    for path in found.named(*REQUIREMENTS):
        if found.folder(path.parent) not in started and (parts := list(_app(found, path.parent))):
            started.add(found.folder(path.parent))
            found.add(parts, KIND)


def _django(found: Evidence, path: Path, text: str) -> Iterator[RoutePart]:
    """Yield the program, and the job that migrates its database before it starts."""
    settings = SETTINGS.search(text)
    if settings is None:
        return
    folder = path.parent
    package = settings[1].partition(".")[0]
    served = "wsgi" if folder / package / "wsgi.py" in found.tree.known else ""
    line = (_server(found, folder, "wsgi", f"{package}.wsgi") if served else "") or RUNSERVER
    yield _part(found, path, folder, line, f"its {path.name}, and what its requirements name")
    if any(MIGRATION.search(file.as_posix()) for file in found.tree.below(folder)):
        job = RoutePart(f"{folder.name}-migrate", found.name(path), "folder", folder=found.folder(folder))
        job.command, job.job, job.why = ("python", "manage.py", "migrate", "--no-input"), True, "it has migrations"
        yield job


def _app(found: Evidence, folder: Path) -> Iterator[RoutePart]:
    """Yield the program of the first module that has an app, at the top of a folder or one package below."""
    below = [file for file in found.tree.below(folder) if file.name in MODULES and file.suffix == ".py"]
    near = [file for file in below if len(file.relative_to(folder).parts) <= 2 and not found.tree.is_sample(file)]
    for file in sorted(near, key=lambda each: (len(each.parts), MODULES.index(each.name), each)):
        app = APP.search(found.tree.text(file) or "")
        line = _line(found, folder, file, app[1], app[2]) if app else ""
        if app and line:
            yield _part(found, file, folder, line, f"it has {app[1]} = {app[2]}(…)")
            return


def _line(found: Evidence, folder: Path, file: Path, name: str, made_by: str) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    module = ".".join(part for part in parts if part != "__init__")
    kinds = [FRAMEWORKS[made_by]] if made_by in FRAMEWORKS else ["wsgi", "asgi"]
    return (
        next(filter(None, (_server(found, folder, kind, f"{module}:{name}") for kind in kinds)), "") if module else ""
    )


def _server(found: Evidence, folder: Path, kind: str, app: str) -> str:
    """Return the line of the first server that the requirements name; empty where they name none."""
    texts = [found.tree.text(folder / name) or "" for name in REQUIREMENTS if folder / name in found.tree.known]
    named = "\n".join(texts).lower()
    words = (f"{line} {app}" for name, line in SERVERS[kind].items() if re.search(rf"\b{name}\b", named))
    return next(words, "")


def _part(found: Evidence, path: Path, folder: Path, line: str, why: str) -> RoutePart:
    part = RoutePart(folder.name, found.name(path), "folder", folder=found.folder(folder), why=why)
    part.command = ("sh", "-c", f"exec {line}")
    return part
