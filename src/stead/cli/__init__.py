"""The command line: one file a command.

A command's file is imported when that command is given, so `stead --help` reads none of them.
"""

import sys

from cyclopts import App

from stead.model.problem import SteadError

COMMANDS = {
    "up": "Run a backend on this machine.",
    "down": "Stop a backend that runs.",
    "status": "Show what runs, and what it waits for.",
    "logs": "Show what the processes write.",
    "restart": "Restart processes of a backend that runs.",
    "stop": "Stop single processes of a backend that runs.",
    "start": "Start single processes again.",
    "token": "Make a development user's token.",
    "graph": "Draw who calls whom.",
    "smoke": "Ask a backend that runs whether it is what was deployed; read only.",
    "story": "Play a backend's story against what runs.",
}


def app() -> App:
    from importlib.metadata import version

    made = App(
        name="stead",
        help="Describe a backend once, in Python. Run it, check it, ship it.",
        version=lambda: version("stead"),
        default_parameter=None,
    )
    for name, words in COMMANDS.items():
        made.command(f"stead.cli.{name}:{name}", name=name, help=words)
    return made


def main() -> None:
    """Run the command line; an error of the user's to mend is its text and status 1, wrong usage is status 2."""
    try:
        app()(sys.argv[1:])
    except SteadError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line speaks
        sys.exit(1)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
