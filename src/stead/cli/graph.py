"""`stead graph`: draw the call graph, and compare a committed picture with it."""

import sys
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from stead.cli.option import Where
from stead.model import Backend, SteadError, load
from stead.model.load import find
from stead.render.diagram import FORMATS, pictures, redrawn

MOST = 20  # lines of a difference that are shown


def graph(
    path: Where = Path(),
    /,
    *,
    form: Annotated[Literal["mermaid", "dot", "table", "svg"], Parameter(["--format", "-f"])] = "mermaid",
    check: Path | None = None,
    write: Path | None = None,
) -> int:
    """Draw which service calls which, and for which operations.

    Parameters
    ----------
    form
        Mermaid for Markdown, DOT for Graphviz, a table, or an SVG.
    check
        Compare a committed picture with the description; the exit status is 1 when they differ.
        A Markdown file with a Mermaid block, or a .mmd, .dot or .svg file.
        For an environment in a cluster, the gateway's routes, the keyrings and the network policies are compared, too.
    write
        Write the picture to this file; in a Markdown file only the Mermaid block changes.
    """
    backend = load(path)
    if write is not None:
        text = redrawn(write, _text(write, new=True), backend, find(path).parent)
        write.write_text(text)
        return 0
    if check is not None:
        return _check(check, backend, path)
    sys.stdout.write(FORMATS[form](backend))
    return 0


def _check(file: Path, backend: Backend, path: Path) -> int:
    from stead.render.kubernetes.agreement import (
        disagreements,
    )  # imports the Kubernetes renderer, which drawing does not need

    stale = [each for each in pictures(file, _text(file), backend, find(path).parent) if each.now != each.wanted]
    for picture in stale:
        sys.stdout.write(f"{file}:{picture.line}: the picture differs from the description\n")
        difference = list(unified_diff(picture.now.splitlines(), picture.wanted.splitlines(), lineterm="", n=0))[2:]
        if file.suffix != ".svg":
            lines = [line for line in difference if not line.startswith("@@")]
            sys.stdout.write("".join(f"  {line}\n" for line in lines[:MOST]))
            sys.stdout.write(f"  … {len(lines) - MOST} more lines\n" if len(lines) > MOST else "")
    if stale:
        argument = "" if path == Path() else f" {path}"
        sys.stdout.write(f"  fix: stead graph{argument} --write {file}\n")
    differing = list(disagreements(backend))
    sys.stdout.write("".join(f"{each}\n" for each in differing))
    if differing:
        sys.stdout.write("  fix: declare the call in the description, or remove the edit that permits it\n")
    if stale or differing:
        return 1
    clusters = ", ".join(each.name for each in backend.environments if each.kubernetes)
    also = f", as do the gateway's routes, keyrings and network policies of {clusters}" if clusters else ""
    sys.stdout.write(f"{file} agrees with the description{also}\n")
    return 0


def _text(file: Path, *, new: bool = False) -> str:
    """Return a file's text; with `new`, a missing file is empty."""
    try:
        return file.read_text()
    except FileNotFoundError:
        if new:
            return ""
        raise SteadError(f"there is no {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SteadError(f"{file} cannot be read: {error}") from None
