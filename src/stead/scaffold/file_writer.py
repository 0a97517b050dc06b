"""What is made is there whole or not at all, and nothing that was there before is written over.

Errors:
    SteadError
    ├── TargetExistsError     something is there already, or there is no place to write
    └── UnusableError     what would come of it is not a usable description; nothing was changed
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from stead.model import Backend, DescriptionError, SteadError, load
from stead.model.load import find
from stead.scaffold.addition import Addition, ManualEditError
from stead.scaffold.description import with_service

SHARED = frozenset({"tests", "apps"})  # folders in which several services have their files


class TargetExistsError(SteadError):
    """Something is there already, or there is no place to write."""


class UnusableError(SteadError):
    """What would come of it is not a usable description; nothing was changed."""


@contextmanager
def new_folder(parent: Path, name: str) -> Iterator[Path]:
    """Give a folder to fill that gets its name when the block ends well; otherwise nothing stays of it."""
    _place_for(parent, name)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
    except OSError as error:
        raise TargetExistsError(f"nothing can be written in {parent}: {error.strerror}") from None
    try:
        draft.chmod(0o777 & ~_umask())
        yield draft
        _place_for(parent, name)
        draft.rename(parent / name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _place_for(parent: Path, name: str) -> None:
    if not parent.is_dir():
        problem = "is not a folder" if os.path.lexists(parent) else "does not exist"
        raise TargetExistsError(f"{parent} {problem}\n  fix: make it first, or name another: --in DIR")
    if (parent / "backend.py").exists():
        mend = f"stead add service {name}, or name another folder: --in DIR"
        raise TargetExistsError(f"{parent} is a backend itself; another does not belong inside it\n  fix: {mend}")
    if os.path.lexists(parent / name):
        raise TargetExistsError(f"{parent / name} exists already, and was not changed\n  fix: take another name")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder; TargetExistsError when one of them is there, and then none is written."""
    taken = [path for path in files if os.path.lexists(folder / path)]
    if taken:
        raise TargetExistsError(f"files that exist already, and were not changed: {', '.join(sorted(taken))}")
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def extend(path: Path, addition: Addition, files: Mapping[str, str]) -> Backend:
    """Add a service to a backend, and the files that are its own; return the backend as it then is.

    What is not usable afterwards is undone: UnusableError. A description that is not changed by a program is left as
    it is, the service's files are written all the same: ManualEditError.
    """
    file = find(path)
    before = load(path)
    if any(process.name == addition.name for process in before.processes):
        raise UnusableError(f"{before.name} has a {addition.name} already\n  fix: give this one another name")
    folder = file.parent
    _refuse_existing(folder, files)
    write(folder, files)
    try:
        text = with_service(_text(file), addition)
    except UnicodeDecodeError:
        raise ManualEditError("it is not in UTF-8", addition, files) from None
    except ManualEditError as error:
        raise ManualEditError(error.why, addition, files) from None
    return _tried(file, text, before, addition, files)


def _text(file: Path) -> str:
    return file.read_bytes().decode()  # as it is, with its own line ends


def _refuse_existing(folder: Path, files: Mapping[str, str]) -> None:
    for name in sorted({path.partition("/")[0] for path in files} - SHARED):
        if os.path.lexists(folder / name):
            raise TargetExistsError(f"{folder / name} exists already, and was not changed\n  fix: take another name")


def _tried(file: Path, text: str, before: Backend, addition: Addition, files: Mapping[str, str]) -> Backend:
    """Load the changed text from a file beside the description, and put it in the description's place."""
    draft = file.with_name(f".{file.stem}-new.py")
    try:
        draft.write_bytes(text.encode())
        shutil.copymode(file, draft)
        after = load(draft)
        _only_more(before, after, addition)
        draft.replace(file)
    except (DescriptionError, UnusableError, OSError) as error:
        _undo(file.parent, files)
        why = str(error).replace(str(draft), str(file))
        raise UnusableError(f"{file.name} was not changed; with {addition.name} in it:\n{why}") from None
    finally:
        draft.unlink(missing_ok=True)
    return after


def _only_more(before: Backend, after: Backend, addition: Addition) -> None:
    """Check what came of it against what was meant: one more service, and nothing else."""
    names = [service.name for service in after.services]
    if names != [*(service.name for service in before.services), addition.name]:
        raise UnusableError(f"its services would be {', '.join(names)}")


def _undo(folder: Path, files: Mapping[str, str]) -> None:
    for path in files:
        (folder / path).unlink(missing_ok=True)
        for parent in list((folder / path).relative_to(folder).parents)[:-1]:
            with suppress(OSError):  # the rest of its content stays
                (folder / parent).rmdir()
    for name in sorted({path.partition("/")[0] for path in files} - SHARED):
        shutil.rmtree(folder / name, ignore_errors=True)
