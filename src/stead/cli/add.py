"""`stead add`: one more service in a backend: of your own, or from the shelf."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated

from cyclopts import Parameter

from stead.cli.contract import write_contract
from stead.cli.words import path_and_names
from stead.model import SteadError
from stead.model.load import find
from stead.render.drift import FOLDER, Difference
from stead.render.targets import generated, left_out
from stead.render.write import write
from stead.scaffold.addition import Addition, of_own
from stead.scaffold.file_writer import extend
from stead.scaffold.naming import OwnService, label, own
from stead.scaffold.service import service_files
from stead.scaffold.shelf import SHELF, from_shelf
from stead.scaffold.worker import of_worker, worker_files

OWN = "service"
WORKER = "worker"


def add(
    kind: str,
    /,
    *words: Annotated[
        str,
        Parameter(
            help="The service's name; a service from the shelf has a default. A word with a slash or a dot is the PATH."
        ),
    ],
    of: Annotated[str, Parameter("--of")] = "item",
) -> None:
    """Add a service to a backend.py; for a service of your own, create its folder, too.

    Parameters
    ----------
    kind
        service, for one of your own; worker, for a Cloudflare Worker in TypeScript; or one from the shelf: auth,
        content, crews, events, media, notifications, payments, points, referrals, secrets, sessions, tokens, users.
    of
        The entity that a service of your own stores, in the singular: order for orders.
    """
    path, names = path_and_names(words)
    if len(names) > 1:
        raise SteadError(f"{' and '.join(names)} are two names: add one service at a time")
    addition, files = _wanted(kind, "".join(names), of)
    if kind == WORKER:  # one that is brought along has its files already
        beside = find(path).parent
        files = {name: text for name, text in files.items() if not (beside / name).exists()}
    backend = extend(path, addition, files)
    contracts = [write_contract(package) for module, package in addition.imports if not module]
    sys.stdout.write(_summary(addition, [*files, *contracts]))
    folder = find(path).parent
    if (folder / FOLDER).is_dir():
        done, _ = write(folder, generated(backend))
        sys.stdout.write("".join(f"  {line}\n" for line in _rendered(done, left_out(backend))))


def _rendered(done: Sequence[Difference], left: Mapping[str, str]) -> Iterator[str]:
    """Yield the counts of files written and removed: a target that cannot run the new service loses its files."""
    removed = sum(each.state == "orphaned" for each in done)
    yield f"rendered {len(done) - removed} files of {FOLDER}/ again"
    if removed:
        yield f"removed  {removed} files of {FOLDER}/ that are no longer rendered"
    if left:
        yield f"not rendered: {', '.join(left)}: these targets cannot run Workers ({next(iter(left.values()))})"
        yield 'deploy   give an environment Workers(): Environment("staging", workers=Workers()); then: stead render'


def _wanted(kind: str, name: str, of: str) -> tuple[Addition, Mapping[str, str]]:
    if kind == OWN:
        if not name:
            raise SteadError("a service of your own needs a name: stead add service orders")
        made = own(name, of)
        return of_own(made), service_files(made)
    if kind == WORKER:
        if not name:
            raise SteadError("a Worker needs a name: stead add worker orders")
        made = OwnService(label(name, "Worker"))
        return of_worker(made), worker_files(made)
    if kind in SHELF:
        return from_shelf(kind, label(name, "service") if name else ""), {}
    near = get_close_matches(kind, [*SHELF, OWN, WORKER], 1)
    shelf = "".join(f"\n  {each:<10} {ready.about}" for each, ready in SHELF.items())
    hint = f"; did you mean {near[0]}?" if near else ""
    own_one = "\n  service    one of your own: stead add service NAME"
    own_one += "\n  worker     a Cloudflare Worker: stead add worker NAME"
    raise SteadError(f"there is no {kind} on the shelf{hint}{own_one}{shelf}")


def _summary(addition: Addition, files: Sequence[str]) -> str:
    lines = [f"{addition.name} is in backend.py" + (", with these files of its code:" if files else "")]
    lines += [f"  {path}" for path in sorted(files)]
    lines += ["  see it   stead graph; stead check", "  run it   stead up"]
    return "\n".join(lines) + "\n"
