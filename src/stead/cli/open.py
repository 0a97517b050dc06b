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
from stead.console.launch import serve_earlier_runs
from stead.console.run_file import FOLDER, run_files
from stead.run.control_client import Remote, running_description
from stead.run.error import NotRunningError, RunError
from stead.run.program import command
from stead.run.state_directory import Folder

PAGE = "open.html"
CONNECT = 2.0  # seconds


def open(  # noqa: A001 - the command's name
    path: Where = Path(), /, *, only_print: Annotated[Flag, Parameter("--print")] = False
) -> None:
    """Open the console in a browser, and print its address.

    The address holds a key: everyone who has it can see what this backend does on this machine. When nothing runs, the
    command serves the recorded runs until Ctrl-C.

    Parameters
    ----------
    only_print
        Print the address, and open no browser.
    """
    try:
        folder = Remote(path).folder
    except NotRunningError:
        folder = Folder(running_description(path))
        folder.refuse()
        if not run_files(folder.path / FOLDER):
            raise
        _show_earlier_runs(folder, only_print=only_print)
        return
    address = Address.read(folder)
    if address is None or not _answers(address):
        raise RunError(
            f"the console of this run does not answer; {folder.logs / 'console.log'} may hold the reason\n"
            f"  start it again with the run: {command('down', folder.shown)}; {command('up', folder.shown, '-d')}"
        )
    _open(folder, address, only_print=only_print)


def _show_earlier_runs(folder: Folder, *, only_print: bool) -> None:
    process, address = serve_earlier_runs(folder)
    try:
        _open(folder, address, only_print=only_print)
        sys.stdout.write("nothing runs here: the console shows the recorded runs; press Ctrl-C to stop\n")
        sys.stdout.flush()
        process.wait()
    except KeyboardInterrupt:
        return
    finally:
        if process.stdin:
            process.stdin.close()  # a signal ends it
        process.wait()


def _open(folder: Folder, address: Address, *, only_print: bool) -> None:
    sys.stdout.write(f"{address.link}\n")
    sys.stdout.flush()
    if not only_print and sys.stdout.isatty():
        webbrowser.open(_page(folder, address).as_uri())


def _page(folder: Folder, address: Address) -> Path:
    """Write a page that redirects to the console: other users could read the key in a browser's arguments."""
    link = html.escape(address.link, quote=True)
    return folder.write_private(PAGE, f'<!doctype html><meta http-equiv="refresh" content="0; url={link}">\n')


def _answers(address: Address) -> bool:
    try:
        socket.create_connection(("127.0.0.1", address.port), CONNECT).close()
    except OSError:
        return False
    return True
