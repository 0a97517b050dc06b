"""`stead open`: open the console of a backend that runs."""

import html
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from stead.cli.option import Flag, Where
from stead.console.address import Address
from stead.run.control_client import Remote
from stead.run.error import RunError
from stead.run.program import command
from stead.run.state_directory import Folder

PAGE = "open.html"
CONNECT = 2.0  # seconds


def open(  # noqa: A001 - the command's name
    path: Where = Path(), /, *, only_print: Annotated[Flag, Parameter("--print")] = False
) -> None:
    """Open the console in a browser, and print its address.

    The address holds the key that opens the page: who has it sees what this backend does on this machine.

    Parameters
    ----------
    only_print
        Print the address, and open no browser.
    """
    folder = Remote(path).folder
    address = Address.read(folder)
    if address is None or not _answers(address):
        raise RunError(
            f"this run has no console, or it has ended; {folder.logs / 'console.log'} may say why\n"
            f"  start it again with the run: {command('down', folder.shown)}; {command('up', folder.shown, '-d')}"
        )
    sys.stdout.write(f"{address.link}\n")
    if not only_print and sys.stdout.isatty():
        webbrowser.open(_page(folder, address).as_uri())


def _page(folder: Folder, address: Address) -> Path:
    """Write a page that goes on to the console: other users could read the key in the arguments of a browser."""
    link = html.escape(address.link, quote=True)
    return folder.write_private(PAGE, f'<!doctype html><meta http-equiv="refresh" content="0; url={link}">\n')


def _answers(address: Address) -> bool:
    try:
        socket.create_connection(("127.0.0.1", address.port), CONNECT).close()
    except OSError:
        return False
    return True
