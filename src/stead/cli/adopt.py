"""`stead adopt`: a first backend.py of a repository that has none."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.adopt.adopt import adopt as read
from stead.adopt.summary import summary
from stead.cli.option import Flag
from stead.model import SteadError
from stead.run.program import command
from stead.run.state_directory import Folder

NAME = "backend.py"


def adopt(
    folder: Annotated[Path, Parameter(help="The repository.")] = Path(),
    /,
    *,
    out: Annotated[str, Parameter(["--out", "-o"], allow_leading_hyphen=True, show_default=False)] = "",
    force: Flag = False,
) -> None:
    """Write a first backend.py from what a repository has.

    It reads Compose files, manifests, Workers, Dockerfiles, Procfiles, programs and env files. Nothing of the
    repository is imported or started. A guess has a comment with its reason.

    Parameters
    ----------
    out
        The file to write; - is standard output. Default: backend.py in the repository.
    force
        Overwrite an existing file.
    """
    if not folder.is_dir():
        raise SteadError(f"there is no folder {folder}")
    file = folder / NAME if not out else Path(out)
    if out != "-" and file.exists() and not force:
        raise SteadError(f"{file} already exists\n  overwrite it: --force; print the new one: --out -")
    adopted = read(folder)
    if not adopted.sketch.processes:
        nothing = summary(adopted, f"no file in {folder} describes a service").strip()
        raise SteadError(f'{nothing}\n  write one: Service("name", command="…") takes any program')
    if out == "-":
        sys.stdout.write(adopted.text)
    else:
        _write(file, adopted.text)
    sys.stderr.write(summary(adopted, "a first description" if out == "-" else f"wrote {file}"))
    if not out:
        where = Folder(file.resolve()).shown
        sys.stderr.write(f"  next: {command('check', where)}; {command('up', where)}\n")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as error:
        raise SteadError(f"{file} cannot be written: {error.strerror}") from None
