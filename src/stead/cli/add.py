"""`stead add`: one more service in a backend: of one's own, or from the shelf."""

import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.contract import write_contract
from stead.cli.option import WhereOption
from stead.model import SteadError
from stead.model.load import find
from stead.render.drift import FOLDER
from stead.render.targets import generated
from stead.render.write import write
from stead.scaffold.addition import Addition, of_own
from stead.scaffold.file_writer import extend
from stead.scaffold.naming import label, own
from stead.scaffold.service import service_files
from stead.scaffold.shelf import SHELF, from_shelf

OWN = "service"


def add(
    kind: str,
    name: str = "",
    /,
    *,
    of: Annotated[str, Parameter("--of")] = "item",
    path: WhereOption = Path(),
) -> None:
    """Add a service to a backend: to its backend.py, and a folder when it is one of your own.

    Parameters
    ----------
    kind
        service, for one of your own; or one from the shelf: auth, content, points, referrals, secrets, sessions,
        tokens.
    name
        What it is called; from the shelf it has a usual name.
    of
        What a service of your own keeps, in the singular: order for orders.
    """
    addition, files = _wanted(kind, name, of)
    backend = extend(path, addition, files)
    contracts = [write_contract(package) for module, package in addition.imports if not module]
    sys.stdout.write(_told(addition, [*files, *contracts]))
    folder = find(path).parent
    if (folder / FOLDER).is_dir():
        done, _ = write(folder, generated(backend))
        sys.stdout.write(f"  rendered {len(done)} files of {FOLDER}/ anew\n")


def _wanted(kind: str, name: str, of: str) -> tuple[Addition, Mapping[str, str]]:
    if kind == OWN:
        if not name:
            raise SteadError("a service of your own needs a name: stead add service orders")
        made = own(name, of)
        return of_own(made), service_files(made)
    if kind in SHELF:
        return from_shelf(kind, label(name, "service") if name else ""), {}
    near = get_close_matches(kind, [*SHELF, OWN], 1)
    shelf = "".join(f"\n  {each:<10} {ready.about}" for each, ready in SHELF.items())
    hint = f"; did you mean {near[0]}?" if near else ""
    own_one = "\n  service    one of your own: stead add service NAME"
    raise SteadError(f"there is no {kind} on the shelf{hint}{own_one}{shelf}")


def _told(addition: Addition, files: Sequence[str]) -> str:
    lines = [f"{addition.name} is in backend.py" + (", its code is yours:" if files else "")]
    lines += [f"  {path}" for path in sorted(files)]
    lines += ["  see it   stead graph; stead check", "  run it   stead up"]
    return "\n".join(lines) + "\n"
