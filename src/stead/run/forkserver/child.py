"""What happens in a process between the fork and its own program."""

import gc
import importlib
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from stead.model.interpreter import append_path
from stead.run.forkserver import mark

NOT_FOUND, NOT_RUNNABLE = 127, 126  # what a shell answers
NOT_LOADABLE = 70  # sysexits.h: EX_SOFTWARE


def become(order: dict[str, Any], log: int) -> NoReturn:
    """Turn a fresh fork into the ordered program; it never returns to the forkserver's own loop."""
    status = 1
    try:
        _separate(order, log)
        status = _run(order)
    except SystemExit as stop:
        status = _status_of(stop)
    except BaseException:  # noqa: BLE001 - this is the outermost frame of a process
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _separate(order: dict[str, Any], log: int) -> None:
    """Give the process a session, signals, files, an environment and a folder of its own."""
    os.setsid()
    mark.write(order["mark"])
    os.chdir(order["folder"])
    _become_user(order["user"], order["group"])
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, max(256, log + 1))
    os.environ.clear()
    os.environ.update(order["environ"], **{mark.NAME: order["mark"]})


def _become_user(user: int | None, group: int | None) -> None:
    if user is not None and group is not None:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


def _run(order: dict[str, Any]) -> int:
    if order["command"]:
        return _execute(order["command"])
    gc.enable()
    _forget_changed(order["seen"])
    for folder in order["path"]:
        append_path(Path(folder))
    sys.argv = [order["name"]]
    if order["app"]:
        return _serve(order["app"])
    module, _, function = order["call"].partition(":")
    arguments = [order["arguments"]] if order["arguments"] else []
    return getattr(importlib.import_module(module), function)(*arguments) or 0


def _serve(app: str) -> int:
    """Run an ASGI factory; one that cannot be loaded now could not be at the next try either."""
    kit = importlib.import_module("stead.kit.serve")
    try:
        kit.load(app)
    except Exception:  # noqa: BLE001 - it is the user's own code, and may raise what it likes
        traceback.print_exc()
        return NOT_LOADABLE
    return int(kit.run(app))


def _execute(command: list[str]) -> int:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and a program would inherit that
    try:
        os.execvpe(command[0], command, os.environ)  # noqa: S606 - a list of arguments, no shell
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE


def _forget_changed(modified: dict[str, dict[str, float]]) -> None:
    """Drop preloaded modules of a package of which a file was changed since, so that they are read again."""
    for package, files in modified.items():
        if any(changed_at(file) != time for file, time in files.items()):
            for name in [name for name in sys.modules if name.startswith(package + ".")]:
                del sys.modules[name]


def changed_at(file: str) -> float:
    try:
        return Path(file).stat().st_mtime
    except OSError:
        return 0.0


def _status_of(stop: SystemExit) -> int:
    if stop.code is None or isinstance(stop.code, int):
        return stop.code or 0
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
