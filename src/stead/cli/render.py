"""`stead render`: write the files that a delivery needs, or list those that have drifted."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.model import Backend, Environment, SteadError, load
from stead.model.load import find
from stead.render.drift import Difference, differences
from stead.render.environment_alias import short
from stead.render.problem import RenderError
from stead.render.repository import RepositoryRoot, repository_root
from stead.render.targets import TARGETS, generated, left_out, of_environment, refused_unwanted, reports, usual
from stead.render.write import write


def render(
    path: Where = Path(),
    /,
    *,
    target: Annotated[list[str] | None, Parameter(["--target", "-t"], negative="")] = None,
    environment: Annotated[str, Parameter(["--env", "-e"], negative="")] = "",
    check: Flag = False,
    overwrite: Flag = False,
    report: Flag = False,
    secrets: Annotated[str, Parameter(negative="")] = "",
) -> int:
    """Write every file that a delivery needs: deploy/, and the pipelines of forges. Files of your own never change.

    Parameters
    ----------
    target
        Only these targets. Default: all.
    environment
        Only the files of this environment, and those of all environments.
    check
        Write nothing; list files that are stale, missing, orphaned or edited. The exit status is 1 when there is one.
    overwrite
        Also write files that were edited by hand.
    report
        Write nothing; print how each target keeps each promise of the description.
    secrets
        Create the secret files that Compose needs in this environment, in a folder that git ignores. Values that Stead
        cannot generate come from deploy/compose/.env.<environment>.
    """
    if secrets:
        return _secrets(path, secrets)
    unknown = sorted(set(target or ()) - TARGETS.keys())
    if unknown:
        raise SteadError(f"there is no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    backend = load(path)
    chosen = tuple(target or usual(backend))
    if unwanted := refused_unwanted(backend, chosen):
        raise RenderError(unwanted)
    if report:
        sys.stdout.write("\n".join(reports(backend, chosen).values()))
        return 0
    files = generated(backend, chosen)
    if environment:
        files = of_environment(files, backend, environment_of(backend, environment))
    folder, complete, root = find(path).parent, not target and not environment, repository_root(backend)
    if check:
        return _check(differences(folder, files, complete=complete, root=root), path)
    if complete and (names := left_out(backend)):
        sys.stdout.write(
            f"not rendered: {', '.join(names)}: these targets cannot run Workers ({next(iter(names.values()))})\n"
        )
    return _write(folder, files, path, root, complete=complete, overwrite=overwrite)


def _write(
    folder: Path, files: Mapping[str, str], path: Path, root: RepositoryRoot, *, complete: bool, overwrite: bool
) -> int:
    """Write the files, and print which were written or skipped; the exit status is 1 after a skipped edit."""
    done, left = write(folder, files, complete=complete, overwrite=overwrite, root=root)
    for difference in done:
        sys.stdout.write(f"{'removed' if 'orphan' in difference.state else 'written'}  {difference.path}\n")
    for difference in left:
        sys.stderr.write(f"kept     {difference}{_fix(difference, path)}\n")
    sys.stdout.write(f"{len(files)} files, {len(done)} changed\n")
    return 1 if any(difference.state != "yours" for difference in left) else 0


def _check(found: tuple[Difference, ...], path: Path) -> int:
    drifted = [difference for difference in found if difference.state != "yours"]
    for difference in found:
        sys.stdout.write(f"{difference}\n")
    if drifted:
        by_hand = any("edited" in difference.state for difference in drifted)
        mend = f"stead render {path}" + (" --overwrite" if by_hand else "")
        sys.stdout.write(f"{len(drifted)} drifted; fix: {mend}\n")
    return 1 if drifted else 0


def _fix(difference: Difference, path: Path) -> str:
    if difference.state == "yours":
        return ""
    if difference.state == "another's":
        return "\n         give one backend's pipeline another file name, or render this file from one backend only"
    return (
        "\n         declare the change in backend.py as an edit, delete the file's first line to own it,"
        f" or run: stead render {path} --overwrite"
    )


def _secrets(path: Path, name: str) -> int:
    """Create the files; the exit status is 1 while a value is missing."""
    from stead.ops.secret_files import SecretFiles
    from stead.render.compose.context import FOLDER as COMPOSE
    from stead.render.compose.context import ComposeContext
    from stead.render.compose.secret import FOLDER
    from stead.run.state_directory import Folder

    backend, description = load(path), find(path)
    context = ComposeContext(backend, environment_of(backend, name))
    compose = description.parent / "deploy" / COMPOSE
    env_file = compose / f".env.{context.short}"
    folder = compose / FOLDER / context.short
    local = Folder(description) if context.is_dev else None
    sealed = _sealed(backend, context.environment, description.parent)
    made = SecretFiles(context, folder, values_of(env_file), local, sealed).make()
    for each in made.written:
        sys.stdout.write(f"written  {folder / each}\n")
    for each in made.missing:
        way = f"stead secret set {each} --env {context.environment.name}" if sealed else f"set it in {env_file}"
        sys.stderr.write(f"missing  {each}: {way}, and run this command again\n")
    return 1 if made.missing else 0


def _sealed(backend: Backend, environment: Environment, folder: Path) -> dict[str, str]:
    """Return the values of an environment's sealed file; empty when it has none."""
    from stead.ops.sops.environment_secrets import EnvironmentSecrets, identities_of

    secrets = EnvironmentSecrets(backend, environment, folder)
    return secrets.values(identities_of(None)) if secrets.file.exists() else {}


def environment_of(backend: Backend, name: str) -> Environment:
    """Return the environment of that name, or of that short name; SteadError when there is none."""
    for environment in backend.environments:
        if name in (environment.name, short(environment.name)):
            return environment
    names = ", ".join(environment.name for environment in backend.environments)
    raise SteadError(f"{backend.name} has no environment {name}; it has {names}")


def values_of(env_file: Path) -> dict[str, str]:
    """Return the values of an env file; empty when there is none."""
    from dotenv import dotenv_values

    found = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
    return {name: text for name, text in found.items() if text}
