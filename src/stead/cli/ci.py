"""`stead ci`: the commands that the jobs of a pipeline run, and that inspect a pipeline."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag, Where
from stead.model import SteadError, load
from stead.model.load import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stead.ops.ci.process import Outcome
    from stead.ops.ci.simulation import Row

ci = App(name="ci", help="Run and inspect the jobs of a pipeline.", help_format="plaintext")
Text = Annotated[str, Parameter(show_default=False)]
File = Annotated[Path | None, Parameter(show_default=False)]


@ci.command
def plan(path: Where = Path(), /, *, base: Text = "", tag: Text = "", output: File = None, summary: File = None) -> int:
    """List how each service is built, and whether files of the backend changed; fail when one cannot be built.

    Parameters
    ----------
    base
        The commit to compare with. Default: everything counts as changed.
    tag
        The release that is built: v1.2.3.
    output
        Add the results to this file, a line `name=value` each, for later jobs.
    summary
        Append a summary in Markdown to this file.
    """
    from stead.ops.ci.plan import plan as made

    backend = load(path)
    found = made(backend, find(path).parent, base, tag)
    for process, account in found.accounts:
        sys.stdout.write(f"{process}  {account}\n")
    sys.stdout.write(f"{found.reason}\n{found.outputs()}")
    for file, text in ((output, found.outputs()), (summary, found.summary(backend.name))):
        if file is not None:
            _add(file, text)
    return 0


def _add(file: Path, text: str) -> None:
    """Add a text to a file; SteadError when it cannot be."""
    try:
        with file.open("a") as out:
            out.write(text)
    except OSError as error:
        raise SteadError(f"{file} cannot be written: {error.strerror}; name a file in a folder that is there") from None


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
    """Ship a version as the pipeline's job does: by SSH to a Compose host, to a cluster, or to Cloudflare.

    Parameters
    ----------
    environment
        Which one: staging, prod.
    version
        The commit or release that /health will report.
    revision
        The full commit id of the version.
    images
        The folder with the digests that the images job wrote, one file per image.
    dry_run
        Print the commands, and run none.
    """
    from stead.ops.ci.delivery import delivery_of
    from stead.ops.ci.deploy import ship, shown

    delivery = delivery_of(load(path), environment, version, revision, images)
    if dry_run:
        sys.stdout.writelines(f"{line}\n" for line in shown(delivery))
        return 0
    return ship(delivery, os.environ, Path.cwd())


@ci.command
def secrets(path: Where = Path(), /) -> int:
    """List each secret and variable that the pipelines need, each environment to protect, and the command for it."""
    from stead.ops.ci.secrets import places, protections

    backend = load(path)
    found = list(places(backend))
    for place in found:
        each = place.requirement
        kind = "secret" if each.secret else "variable"
        sys.stdout.write(f"{place.forge}  {each.environment}  {kind}  {each.name}\n  {each.why}\n  {place.command}\n")
    for rule in protections(backend):
        about = "may deploy here: the default branch, or releases"
        sys.stdout.write(f"{rule.forge}  {rule.environment}  protection\n  {about}\n")
        sys.stdout.writelines(f"  {command}\n" for command in rule.commands)
    sys.stdout.write(f"{len(found)} to set\n" if found else "No secret is needed: the forge's own token is enough.\n")
    return 0


@ci.command(name="pins")
def pins_command(
    *, renew: Flag = False, write: File = None, source: Text = "https://github.com", registry: Text = ""
) -> int:
    """List the third-party code that rendered pipelines run: actions by commit, images by digest, tools by version.

    Parameters
    ----------
    renew
        Ask for newer versions, over the network: the repositories of actions and tools, the registries of images. The
        status is 1 when there are any.
    write
        Write newer versions into this table, src/stead/render/pins.py, with today's date.
    source
        The base URL of a mirror of the repositories.
    registry
        The base URL of a mirror of the image registries.
    """
    from datetime import UTC, datetime

    from stead.ops.ci.pin_sources import Sources
    from stead.ops.ci.pins import renewals, renewed, rows

    today = datetime.now(UTC).date()
    if not renew:
        sys.stdout.writelines(f"{kind:<7} {name} {version} {by}\n" for kind, name, version, by in rows(today))
        return 0
    found = list(renewals(Sources(source.rstrip("/"), registry.rstrip("/"))))
    sys.stdout.writelines(f"{each}\n" for each in found)
    sys.stdout.write(f"{len(found)} to renew\n")
    if write is not None:
        write.write_text(renewed(write.read_text(), found, today))
        return 0
    return 1 if found else 0


@ci.command
def test(
    path: Where = Path(),
    /,
    *,
    changed: Text = "",
    run: Annotated[str, Parameter(negative="", show_default=False)] = "",
    event: Text = "",
    combination: Annotated[str, Parameter("--matrix", show_default=False)] = "",
    secrets: File = None,
    artifacts: File = None,
    as_markdown: Annotated[Flag, Parameter("--markdown")] = False,
) -> int:
    """Show which jobs start for which event, and what each would push; uses no network.

    Parameters
    ----------
    changed
        A changed path, relative to the repository's top. Default: the backend.py.
    run
        Run this job on this machine as well, such as check, docs-ci.yml:build or GitLab's shop:check: its scripts, and
        local replacements of its actions. Steps that publish are not run. The exit status is 1 when a step fails.
    event
        With --run: the event, as the table names it. Default: the first event that starts the job.
    combination
        With --run: only this combination of the job's matrix: image=orders.
    secrets
        With --run: a folder with one file per secret, named after it; the secrets are masked in the output of scripts.
    artifacts
        With --run: the folder for artifacts: the job's are written there, and those of other jobs are read from it.
    as_markdown
        Print the table as Markdown.
    """
    from stead.ops.ci.job_run import Choice
    from stead.ops.ci.job_table import job_table_of, markdown

    table = job_table_of(load(path), find(path).parent.resolve(), changed)
    if run:
        return _run(table.run(run, event, Choice(secrets, artifacts and artifacts.resolve(), combination)))
    if as_markdown:
        sys.stdout.write(markdown(table))
        return 0
    head = ("workflow", "job", *(event.title for event in table.events))
    sys.stdout.writelines(f"{line}\n" for line in _aligned([head, *(_cells(row) for row in table.rows())]))
    for title, images in table.pushes():
        sys.stdout.write(f"{title}: pushes {', '.join(images) or 'nothing'}\n")
    return 0


def _cells(row: "Row") -> tuple[str, ...]:
    job = row.job if row.times == 1 else f"{row.job} ×{row.times}"
    return (row.workflow, job, *("runs" if each else "–" for each in row.starts))


def _aligned(rows: "Sequence[tuple[str, ...]]") -> "Iterator[str]":
    """Yield rows as lines with aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _run(outcomes: "Iterator[Outcome]") -> int:
    """Run one job, and print the result of each step."""
    failed = False
    for outcome in outcomes:
        mark = "–" if outcome.status is None else "✗" if outcome.status else "✓"
        why = f"  {outcome.why}" if outcome.why else f"  status {outcome.status}" if outcome.status else ""
        sys.stdout.write(f"{mark} {outcome.step}{why}\n")
        sys.stdout.flush()
        failed = failed or bool(outcome.status)
    return 1 if failed else 0
