"""The command line: one file a command.

A command's file is imported when that command is given. The list of commands is printed without cyclopts, which with
rich costs 150 ms to import; each command's own help comes from it.
"""

import sys
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts import App

    from stead.run.forkserver.spawn import ForkserverProcess

ABOUT = "Describe a backend once, in Python. Run it, check it, ship it."
COMMANDS = {
    "Begin": {
        "new": "create a backend that runs immediately",
        "add": "add a service: one of your own, or one from the shelf",
        "adopt": "write a first description of a repository that has none",
    },
    "Run": {
        "up": "run a backend on this machine",
        "down": "stop a backend that runs",
        "restart": "restart processes of a backend that runs",
        "stop": "stop single processes",
        "start": "start single processes again",
        "run": "run a command as a service of a backend that runs: its environment, its folder",
        "psql": "open psql in the database of a service, as that service",
        "redis": "open redis-cli as a service",
        "s3": "list, read and write a service's bucket, as that service",
        "seed": "run the seed commands of services",
        "reset": "empty the databases, keys and buckets of services, and start them again",
    },
    "Check": {
        "check": "find what is missing, broken or inconsistent",
        "explain": "explain a rule of the check",
        "hook": "install a git hook that checks the staged files before each commit",
    },
    "Ship": {
        "render": "write every file that a delivery needs; with --check, list what is out of date",
        "gitops": "deliver by commits: prepare the repository that a cluster syncs from",
        "ship": "deploy a version, and roll back when it is not healthy",
        "ci": "run and inspect the jobs of a pipeline: plan, deploy, test, secrets, pins",
    },
    "Keep": {
        "backup": "back up each database and bucket, encrypted; backup drill tests a restore of the newest",
        "restore": "restore databases and buckets",
    },
    "Look": {
        "version": "show the version of Stead, and with --verbose where it is installed",
        "doctor": "list the programs and packages that are installed or missing here, and how to install them",
        "completion": "print a completion script for bash, zsh or fish",
        "config": "show each setting's value, and where it comes from",
        "status": "show the state of each process, and what it waits for",
        "open": "open the console: the web page of a running backend",
        "logs": "show the output of the processes",
        "trace": "show one request through every service, or list the newest requests",
        "top": "show processes, CPU, memory and traffic, live",
        "mcp": "serve status, logs and traces to a program, by the Model Context Protocol",
        "graph": "draw the call graph; with --check, compare a committed picture with the description",
    },
    "Try": {
        "token": "create a token for a development user",
        "secret": "read and change sealed secrets: of an environment, or of a file of the secrets service",
        "smoke": "test a backend that runs: health, versions, access; read only",
        "story": "run the story of a backend against a backend that runs",
    },
}

DENIED = frozenset({EACCES, EPERM, EROFS, ENOSPC, EDQUOT})  # errors of the file system that a user can fix
PLAIN = ("--staged", "--")  # options of a check that need no parser


def main() -> None:
    """Run the command line; exit 1 with a message for an error that the user can fix, 2 for wrong usage."""
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return
    if words[0] == "--version":
        words = ["version"]
    if not words[0].startswith("-") and words[0] not in _names():
        sys.stderr.write(_unknown(words[0]))
        sys.exit(2)
    sys.exit(_guarded(words))


def _guarded(words: list[str]) -> int | None:
    """Return the exit status of a command; print the error that stopped it."""
    spawned = _early(words)
    from stead.model.problem import SteadError  # imported late: what `stead --help` prints needs no model

    try:
        return _run(words, spawned)
    except SteadError as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return 130  # as a shell says it: 128 + SIGINT
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe has gone; the interpreter would report that at its end
        return 141
    except OSError as error:
        if error.errno not in DENIED or not error.filename:
            raise
        return _failed(f"{error.filename} cannot be opened or written: {error.strerror}")
    finally:
        if spawned:
            spawned.end()


def _failed(why: str) -> int:
    from stead.model.printable import printable

    sys.stderr.write(printable(f"{why}\n"))
    return 1


def _run(words: list[str], spawned: "ForkserverProcess | None") -> int | None:
    """Run the command. A check without options skips the parser, whose import takes as long as the check."""
    if words[0] == "check" and not any(word.startswith("-") for word in words if word not in PLAIN):
        from stead.cli.check_run import Options, checked

        paths = [Path(word) for word in words[1:] if word not in PLAIN]
        return checked(paths or [Path()], Options(staged="--staged" in words))
    command, given, unparsed = app().parse_args(words)
    inside = {"spawned": spawned} if "spawned" in unparsed else {}
    status: int | None = command(*given.args, **given.kwargs, **inside)
    return status


def _early(words: list[str]) -> "ForkserverProcess | None":
    """Spawn the forkserver of a run before anything else is imported: it has the most to import."""
    if words[0] != "up" or {"-h", "--help", "-d", "--detach"} & set(words):
        return None
    from stead.run.forkserver.spawn import spawn

    return spawn()


def usage() -> str:
    """Return the list of commands."""
    groups = [
        f"{title}\n" + "".join(f"  {name:<12}{about}\n" for name, about in commands.items())
        for title, commands in COMMANDS.items()
    ]
    body = "\n".join(groups)
    where = "PATH is the folder of a backend.py. Default: this folder, or the nearest one above it."
    usage = "usage: stead COMMAND [NAMES] [PATH] [OPTIONS]"
    return f"{ABOUT}\n\n{usage}\n\n{body}\n{where}\nstead COMMAND --help explains one.\n"


def _names() -> list[str]:
    return [name for commands in COMMANDS.values() for name in commands]


def _unknown(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, _names(), 1)
    return f"there is no command {word!r}" + (f"; did you mean {near[0]}?" if near else "; see stead --help") + "\n"


def app() -> "App":
    """Return the cyclopts app; it imports a command's file when that command is given."""
    from cyclopts import App

    made = App(name="stead", help=ABOUT, version_flags=(), help_format="plaintext")
    for commands in COMMANDS.values():
        for name, about in commands.items():
            made.command(f"stead.cli.{name}:{name}", name=name, help=about.capitalize() + ".")
    return made
