"""`stead new`: create a backend that runs immediately."""

import shlex
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.contract import write_contract
from stead.cli.wheel_folder import wheel_folder
from stead.model import load
from stead.render.targets import generated
from stead.render.write import write as render
from stead.scaffold.backend import NOTES, backend_files
from stead.scaffold.file_writer import new_folder, write


def new(name: str, /, *, parent: Annotated[Path, Parameter("--in")] = Path()) -> None:
    """Create a backend with a service of its own, one from the shelf, a gateway, a story and tests.

    Parameters
    ----------
    name
        The backend's name: lower-case letters, digits and hyphens. Its folder has the same name.
    parent
        The folder in which the backend's folder is created.
    """
    files = backend_files(name, version("stead"))
    with new_folder(parent, name) as folder:
        write(folder, files)
        sys.dont_write_bytecode = True  # the folder is moved to its place afterwards
        backend = load(folder)
        write_contract(NOTES.package)
        rendered, _ = render(folder, generated(backend))
    sys.stdout.write(_summary(parent / name, len(files) + 1, len(rendered)))


def _summary(folder: Path, count: int, rendered: int) -> str:
    wheels = wheel_folder()
    links = f"export UV_FIND_LINKS={shlex.quote(str(wheels))}  # until Stead is on the package index"
    return (
        f"{folder}: {count} files, with a service of its own, one from the shelf, and a gateway\n"
        f"  rendered   {rendered} more in deploy/, for when it is delivered\n"
        f"  run it     cd {shlex.quote(str(folder))} && stead up\n"
        "  and then   stead story; stead smoke; stead check\n"
        "  extend it  stead add service NAME; stead add points\n" + (f"  before uv  {links}\n" if wheels else "")
    )
