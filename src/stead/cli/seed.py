"""`stead seed`: run the commands that fill services with sample data."""

import subprocess
import sys
from pathlib import Path

from stead.cli.option import Words
from stead.cli.words import path_and_names
from stead.model import AnyService, load
from stead.run.control_client import Remote
from stead.run.error import RunError


def seed(*words: Words) -> None:
    """Run the `seed` commands of the named services of a backend that runs, or of all that have one."""
    path, names = path_and_names(words)
    remote = Remote(path)
    for service in _chosen({each.name: each for each in load(remote.folder.description).services}, names):
        _run(service, remote)
        sys.stdout.write(f"{service.name} is seeded\n")


def _chosen(known: dict[str, AnyService], names: tuple[str, ...]) -> list[AnyService]:
    if unknown := [name for name in names if name not in known]:
        raise RunError(f"there is no service {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    chosen = [known[name] for name in names or known]
    without = [each for each in chosen if not each.seed]
    if names and without:
        raise RunError(
            f'{without[0].where}: {without[0].name} has no seed command: add seed="python seed.py" to its Service'
        )
    if len(without) == len(chosen):
        raise RunError('no service of this backend has a seed command: add one to its Service, seed="python seed.py"')
    return [each for each in chosen if each.seed]


def _run(service: AnyService, remote: Remote) -> None:
    answer = remote.ask("environment", (service.name,))
    command = list(service.seed)
    sys.stdout.flush()
    try:
        done = subprocess.run(command, env=answer["environment"], cwd=Path(answer["folder"]), check=False)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        raise RunError(
            f"{service.where}: the seed of {service.name} cannot be run: there is no program {command[0]} on the PATH, "
            f"nor in {answer['folder']}"
        ) from None
    if done.returncode:
        raise RunError(f"{service.where}: the seed of {service.name} ended with exit status {done.returncode}")
