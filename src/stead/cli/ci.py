"""`stead ci`: what the jobs of a pipeline run, and what a person asks of a pipeline."""

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag, Where
from stead.model import load
from stead.model.load import find

ci = App(name="ci", help="Run and inspect the jobs of a pipeline.", help_format="plaintext")
Text = Annotated[str, Parameter(show_default=False)]
File = Annotated[Path | None, Parameter(show_default=False)]


@ci.command
def plan(path: Where = Path(), /, *, base: Text = "", tag: Text = "", output: File = None, summary: File = None) -> int:
    """Account for every service, and say whether anything of the backend changed; an error when one cannot be built.

    Parameters
    ----------
    base
        The commit to compare with; left out, everything counts as changed.
    tag
        The release that is built: v1.2.3.
    output
        Add the results to this file, a line `name=value` each, for later jobs.
    summary
        Add a page for a person to this file.
    """
    from stead.ops.ci.plan import plan as made

    backend = load(path)
    found = made(backend, find(path).parent, base, tag)
    for process, account in found.accounts:
        sys.stdout.write(f"{process}  {account}\n")
    sys.stdout.write(f"{found.reason}\n{found.outputs()}")
    for file, text in ((output, found.outputs()), (summary, found.summary(backend.name))):
        if file is not None:
            with file.open("a") as out:
                out.write(text)
    return 0


@ci.command
def deploy(
    path: Where = Path(),
    /,
    *,
    environment: Annotated[str, Parameter(["--env", "-e"])],
    version: Annotated[str, Parameter("--version")],
    revision: str,
    images: File = None,
    dry_run: Flag = False,
) -> int:
    """Ship a version as a pipeline's job does: by SSH to a Compose host, or to a cluster, or to Cloudflare.

    Parameters
    ----------
    environment
        Which one: staging, prod.
    version
        A commit or a release, as /health will say it.
    revision
        The whole commit that the version is of.
    images
        The folder in which the images job left the digests, a file for each image.
    dry_run
        Show the commands, and run none.
    """
    from stead.ops.ci.deploy import delivery_of, ship, shown

    delivery = delivery_of(load(path), environment, version, revision, images)
    if dry_run:
        sys.stdout.writelines(f"{line}\n" for line in shown(delivery))
        return 0
    return ship(delivery, os.environ, Path.cwd())
