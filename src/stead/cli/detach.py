"""`stead up -d`: start the run in a process of its own, and return when each process is accounted for."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stead.cli.attach import follow
from stead.model import SteadError
from stead.model.interpreter import module_command
from stead.model.load import find
from stead.run.control_client import Remote
from stead.run.error import NotRunningError, RunError
from stead.run.options import Options
from stead.run.program import command
from stead.run.state_directory import Folder

LOG = "stead.log"
APPLYING = 120.0  # seconds: what is restarted is stopped first
TIMEOUT = 20.0  # seconds for the run to be there to be asked


def detach(path: Path, options: Options) -> int:
    """Start the run, show its progress, and return 0 when every process is healthy."""
    folder = Folder(find(path))
    if (remote := _running(path)) is not None:
        _refuse_move(remote, options.port)
        return _apply(remote, options)
    folder.make()
    log = folder.logs / LOG
    process = _start(path, options, log)
    state = follow(_remote(folder, process, log))
    return 0 if state.get("well") else 1


def _running(path: Path) -> Remote | None:
    try:
        remote = Remote(path)
        remote.ask("status")
    except NotRunningError:
        return None
    return remote


def _refuse_move(remote: Remote, port: int | None) -> None:
    """Refuse another port for a gateway that runs: its clients use the present one."""
    now = urlsplit(remote.run.url).port
    if port and now and port != now:
        where = remote.folder.shown
        again = f"{command('down', where)}, then {command('up', where, '-d')} --port {port}"
        raise RunError(f"{remote.run.backend} runs already, and its gateway listens on port {now}: {again}")


def _apply(remote: Remote, options: Options) -> int:
    """Apply the changes of the description since the run started; print what was done."""
    run = remote.run
    if run.environment != options.environment:
        raise RunError(
            f"{run.backend} runs as {run.environment}: stead down, then stead up --env {options.environment}"
        )
    done = remote.ask("apply", timeout=APPLYING)["plan"] or ["nothing changed: all processes continue"]
    sys.stdout.write("\n".join([f"{run.backend} runs already", *(f"  {line}" for line in done)]) + "\n")
    return 0 if follow(remote).get("well") else 1


def _start(path: Path, options: Options, log: Path) -> "subprocess.Popen[bytes]":
    chosen = options.selection.words()
    words = module_command("stead", "up", str(Path(path).absolute()), *chosen, "--env", options.environment)
    words += [] if options.port is None else ["--port", str(options.port)]
    words += ["--runs", str(options.runs)]
    words += ["--reload"] if options.reload else []
    words += ["--on", "workers"] if options.worker_files else []
    with log.open("wb") as output, _ignoring(signal.SIGHUP):  # a logout does not end the run
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)


@contextmanager
def _ignoring(number: signal.Signals) -> Iterator[None]:
    """Ignore a signal inside the block; a process that is started there inherits this."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def _remote(folder: Folder, process: "subprocess.Popen[bytes]", log: Path) -> Remote:
    """Return the run when it answers; RunError with its output when it ended before."""
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RunError(log.read_text(errors="replace").strip())
        if _is_own_run(folder, process.pid):
            return Remote(folder.description)
        time.sleep(0.02)
    raise RunError(f"the run does not answer; its log is {log}")


def _is_own_run(folder: Folder, pid: int) -> bool:
    try:
        run: Any = folder.run()
    except SteadError:
        return False
    return run is not None and run.pid == pid and Path(run.socket).exists()
