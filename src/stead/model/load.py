"""Load a `backend.py`, and report all its problems at once."""

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType, TracebackType

from stead.model.backend import Backend
from stead.model.interpreter import append_path, shadowed
from stead.model.problem import DescriptionError, Problem
from stead.model.source_location import SourceLocation
from stead.model.type_validation import type_problems
from stead.model.validation import problems

PACKAGE = Path(__file__).resolve().parent.parent


def load(path: str | Path = ".") -> Backend:
    """Return the backend that a file, or the `backend.py` of a folder, describes.

    path  a `backend.py`, or its folder

    Raises DescriptionError with every problem found.
    """
    backend = read(path)
    found = problems(backend)
    if found:
        raise DescriptionError(found)
    return backend


def read(path: str | Path = ".") -> Backend:
    """Return the described backend, also with problems; DescriptionError when there is none.

    The file's folder is put last on `sys.path`, so that a backend's own services can be named by module.
    """
    file = find(path)
    append_path(file.parent)
    return _backend_of(_run(file), file)


def find(path: str | Path) -> Path:
    """Return the description's file, also from a folder below; DescriptionError when there is none."""
    given = Path(path)
    if given == Path() and (found := above(given)):
        return found
    file = (given / "backend.py" if given.is_dir() else given).resolve()
    if not file.is_file():
        mend = "give the folder of a backend.py, or create one: stead new, stead adopt"
        raise DescriptionError([Problem("BACKEND001", "there is no backend.py here", SourceLocation(str(file)), mend)])
    return file


def above(folder: Path) -> Path | None:
    """Return the backend.py of a folder, or of the nearest folder above it in the same repository."""
    here = folder.resolve()
    for place in (here, *here.parents):
        if (place / "backend.py").is_file():
            return place / "backend.py"
        if (place / ".git").exists():
            return None
    return None


def _run(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_backend_{abs(hash(str(file)))}", file)
    if spec is None or spec.loader is None:
        problem = Problem("BACKEND001", "this is not a Python file", SourceLocation(str(file)), "name it backend.py")
        raise DescriptionError([problem])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        # Compiled here: Python's own cache takes a file that was edited twice within a second for the first one.
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)  # noqa: S102 - it is the user's program
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's file raises is told to the user
        raise DescriptionError([_import_problem(file, error)]) from None
    finally:
        sys.modules.pop(spec.name, None)
    return module


def _import_problem(file: Path, error: BaseException) -> Problem:
    if isinstance(error, SyntaxError):
        place = SourceLocation(error.filename or str(file), error.lineno or 0, error.offset or 0)
        return Problem("BACKEND002", f"this is not Python: {error.msg}", place, "fix the syntax")
    frames = _users_frames(error.__traceback__)
    last = frames[-1] if frames else traceback.FrameSummary(str(file), 0, "")
    trail = "".join(f"\n    {frame.filename}:{frame.lineno}: {frame.line}" for frame in frames)
    message = f"its import fails: {type(error).__name__}: {error}{trail}"
    return Problem("BACKEND002", message, SourceLocation(last.filename, last.lineno or 0), _fix(file, error))


def _fix(file: Path, error: BaseException) -> str:
    """Return the remedy of a failed import; it names the module that shadows another."""
    if isinstance(error, (ImportError, AttributeError)):
        for path, instead in shadowed(file.parent):
            if path.stem in str(error):
                return f"rename {path.name}: {path.stem} is {instead}"
    return "fix this line"


def _users_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """Keep the frames of the user's code: neither Stead's nor the import machinery's."""
    frames = traceback.extract_tb(trace)
    return [frame for frame in frames if not frame.filename.startswith((str(PACKAGE), "<"))]


def _backend_of(module: ModuleType, file: Path) -> Backend:
    backend = getattr(module, "backend", None)
    if isinstance(backend, Backend):
        if found := type_problems(backend):
            raise DescriptionError(found)
        return backend
    problem_text = "defines no backend" if backend is None else f"has a backend that is a {type(backend).__name__}"
    raise DescriptionError(
        [Problem("BACKEND003", f"the file {problem_text}", SourceLocation(str(file)), "write backend = Backend(…)")]
    )
