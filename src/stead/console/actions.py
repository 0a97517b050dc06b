"""What the page can have done: start, stop and restart a process; play the story, smoke test and check; delete a run.

A command is the one of the command line, in a process of its own: what the page shows is what a terminal would show.
"""

import asyncio
import os
import signal
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from stead.console.http_message import BadRequest, Request, Response, as_json
from stead.console.run_export import masked_copy
from stead.console.run_file import ENDING, remove
from stead.console.run_import import take_over, uploaded, write
from stead.kit.cleanup import finish
from stead.model.interpreter import module_command
from stead.model.printable import printable
from stead.run.control_client import Remote
from stead.run.state_directory import Folder

PROCESS_ACTIONS = ("start", "stop", "restart")
COMMANDS = {"story": ("story", "--json"), "smoke": ("smoke", "--json"), "check": ("check", "--format", "json")}
LINES = 20_000  # of a command's output that are kept
FINDINGS = 500  # of a check that are shown
LONGEST = 1_048_576  # bytes of one line
ENDS = 5.0  # seconds until the output of a killed command ends
TIMEOUT = 600.0  # seconds of one command


class Commands:
    """The last run of each command."""

    def __init__(self, description: Path) -> None:
        self._description = description
        self._runs: dict[str, dict[str, Any]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str) -> None:
        """Start a command, unless it is running: asking twice is not an error."""
        if name not in COMMANDS:
            raise BadRequest(f"there is no command {name[:40]!r}; there are {', '.join(COMMANDS)}")
        if name not in self._tasks or self._tasks[name].done():
            self._runs[name] = {"running": True, "status": None, "lines": deque(maxlen=LINES)}
            self._tasks[name] = asyncio.create_task(self._run(name, self._runs[name]))

    def shown(self) -> dict[str, Any]:
        """Return the last run of each command. A line has the time at which it came, in µs since 1970."""
        return {name: run | {"lines": list(run["lines"])} for name, run in self._runs.items()}

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, name: str, run: dict[str, Any]) -> None:
        try:
            run["status"] = await self._played(name, run["lines"])
            if name == "check":
                _take_findings(run)
        except (TimeoutError, OSError, ValueError) as error:
            run["lines"].append(_line(f"{name} was ended: {str(error) or 'it took longer than ten minutes'}"))
            run["status"] = 1
        finally:
            run["running"] = False

    async def _played(self, name: str, lines: deque[dict[str, Any]]) -> int:
        """Run a command, take its lines as they come, and return its exit status."""
        command, *options = COMMANDS[name]
        words = module_command("stead", command, str(self._description.parent), *options)
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST,
            cwd=self._description.parent,  # the places of findings are relative to it
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(TIMEOUT):
                assert process.stdout
                async for line in process.stdout:
                    lines.append(_line(printable(line.decode(errors="replace").rstrip("\n"))))
                return await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # the processes that it started as well
                await finish(_drained(process))


async def _drained(process: asyncio.subprocess.Process) -> None:
    """Read what is left of a process's output: until then asyncio does not say that it has ended."""
    with suppress(TimeoutError):  # a process that left the session may keep the output open
        async with asyncio.timeout(ENDS):
            await process.communicate()


def _line(text: str) -> dict[str, Any]:
    return {"at": time.time_ns() // 1000, "text": text}


def _take_findings(run: dict[str, Any]) -> None:
    """Put the findings of a check in place of its output; what is not a report, such as an error, stays as it is."""
    try:
        report = msgspec.json.decode("\n".join(line["text"] for line in run["lines"]))
    except msgspec.MsgspecError:
        return
    run["findings"] = report["findings"][:FINDINGS]
    run["summary"] = {"rules": report["rules"], "files": report["files"], "findings": len(report["findings"])}
    run["lines"].clear()


class Actions:
    """The handlers that change something; only a page of this console may ask."""

    def __init__(self, description: Path, runs: Path, live: str) -> None:
        self.commands = Commands(description)
        self._description, self._runs, self._live = description, runs, live

    async def process(self, request: Request) -> Response:
        """Start, stop or restart a process, and answer with what became of it."""
        action, name = request.variables["action"], request.variables["name"]
        if action not in PROCESS_ACTIONS:
            raise BadRequest(f"there is no action {action[:40]!r}; there are {', '.join(PROCESS_ACTIONS)}")
        state = await asyncio.to_thread(self._do, action, name)
        return as_json({"process": next(each for each in state["processes"] if each["name"] == name)})

    def _do(self, action: str, name: str) -> dict[str, Any]:
        remote = Remote(self._description)
        remote.ask(action, [name])
        return remote.ask("status")

    async def command(self, request: Request) -> Response:
        self.commands.start(request.variables["name"])
        return as_json(self.commands.shown(), 202)

    async def shown(self, _: Request) -> Response:
        return as_json(self.commands.shown())

    async def delete(self, request: Request) -> Response:
        file = self._file(request.variables["run"])
        if file.stem == self._live:
            raise BadRequest("this run goes on: it is deleted after stead down")
        await asyncio.to_thread(remove, file)
        return as_json({})

    async def export(self, request: Request) -> Response:
        """Return the file of a run, to be handed on and opened elsewhere."""
        file = self._file(request.variables["run"])
        body = await asyncio.to_thread(masked_copy, file, Folder(self._description))
        headers = {"content-disposition": f'attachment; filename="{file.name}"'}
        return Response(200, body, "application/vnd.sqlite3", headers)

    async def take_over(self, request: Request) -> Response:
        """Take over the file of a run that somebody hands on."""
        assert request.parts is not None
        with uploaded(self._runs) as path:
            await write(request.parts, path)
            return as_json({"name": await asyncio.to_thread(take_over, path, self._runs)}, 201)

    def _file(self, name: str) -> Path:
        files = {file.stem: file for file in self._runs.glob(f"*{ENDING}")}
        if name not in files:
            raise BadRequest(f"there is no run {name[:40]!r}")
        return files[name]
