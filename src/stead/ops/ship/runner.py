"""Run commands, one after the other, in the folder of the Compose files; or show them."""

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stead.ops.ship import commands
from stead.ops.ship.commands import Command
from stead.ops.ship.error import CommandError, NotReadyError
from stead.ops.ship.interrupt import held_back

GRACE = 10.0  # seconds in which a command that is cut short may end by itself
OLDEST = (2, 22)  # `pull --policy`; `!override`, which an edit may use, is of 2.24.4


@dataclass(frozen=True, slots=True)
class Done:
    """The exit status of a command, and its output: `out` is standard output, `output` is both streams."""

    status: int
    out: str
    output: str


class Runner(Protocol):
    """Runs commands. `looks` is False when commands are only shown, so that results mean nothing."""

    @property
    def looks(self) -> bool: ...
    def run(self, title: str, command: Command) -> str: ...
    def look(self, command: Command) -> Done: ...


@dataclass(frozen=True, slots=True)
class Real:
    """Runs commands."""

    folder: Path
    looks: bool = True

    def run(self, title: str, command: Command) -> str:
        """Run a command and return its standard output; CommandError with its last words when it fails."""
        done = self.look(command)
        if done.status:
            raise CommandError(title, done.status, done.output)
        return done.out

    def look(self, command: Command) -> Done:
        """Run a command that may fail."""
        process = None
        try:
            with held_back():
                process = self._start(command)
            out, wrong = process.communicate()
        except FileNotFoundError:
            return Done(127, "", f"{command.words[0]} is not installed")
        except BaseException:
            if process:
                _end(process)
            raise
        return Done(process.returncode, out, out + wrong)

    def _start(self, command: Command) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command.words,
            cwd=self.folder,
            env={**os.environ, **command.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            close_fds=False,  # the lock of the place: see `Releases.locked`
            start_new_session=True,  # Ctrl-C in a terminal is for the ship, which ends its commands by itself
        )


def _end(process: "subprocess.Popen[str]") -> None:
    """Terminate an interrupted command, and wait for its children.

    Docker's client runs Compose as a process of its own, which would change containers while the undo runs. All writers
    of the command's output have ended when the output ends.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            continue
        return


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows commands, and runs nothing."""

    show: Callable[[Command], None]
    looks: bool = False

    def run(self, title: str, command: Command) -> str:  # noqa: ARG002 - as the real one
        self.show(command)
        return ""

    def look(self, command: Command) -> Done:
        self.show(command)
        return Done(0, "", "")


def compose_program(runner: Runner) -> tuple[str, ...]:
    """Return the Compose command of this machine; NotReadyError when it is missing or too old."""
    if not runner.looks:
        return commands.PLUGIN
    found = []
    for program in commands.programs():
        done = runner.look(commands.version_of(program))
        version = tuple(
            int(part) for part in done.out.strip().lstrip("v").split("-")[0].split(".")[:2] if part.isdigit()
        )
        if done.status == 0 and (not version or version >= OLDEST):  # a version that was built by hand has no number
            return program
        found.append(f"{' '.join(program)}: {done.out.strip() or 'not installed'}")
    wanted = ".".join(map(str, OLDEST))
    raise NotReadyError(
        f"Compose {wanted} or later is needed; found {'; '.join(found)}\n  fix: install docker-compose-v2"
    )
