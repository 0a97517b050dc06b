"""`stead mcp`: a server of the Model Context Protocol for one backend, on standard input and output.

A server of tools needs four methods of JSON-RPC 2.0, one message a line
(modelcontextprotocol.io, 2025-06-18). Rejected: the protocol's SDK for Python, which depends on a web framework and
takes a second to import. No answer holds a secret: the secrets of recorded runs are masked in every answer, and so are
strings with the form of a credential.
"""

import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from stead.cli.log_search import bounded, in_order, search
from stead.cli.option import Where
from stead.cli.recording import ask_recording
from stead.console import trace_query
from stead.console.recorded_mask import recorded_mask
from stead.console.run_file import FOLDER, newest_file
from stead.console.trace_query import TraceFilter
from stead.kit.log import clean
from stead.model import SteadError
from stead.model.interpreter import module_command
from stead.model.printable import printable
from stead.run.control_client import Remote, running_description
from stead.run.state_directory import Folder

PROTOCOL = "2025-06-18"
# JSON-RPC 2.0, section 5.1
PARSE_ERROR, INVALID_REQUEST, NO_METHOD, BAD_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
MOST = 500  # lines, or traces, of one answer
TIMEOUT = 300.0  # seconds of a command
SEARCH_TIMEOUT = 20.0  # seconds of a search in the logs
LONGEST = 100_000  # most characters of an answer
TOOLS: dict[str, Any] = {"tools": {}}  # capabilities of this server
SHOWN = ("backend", "environment", "url", "settled", "well", "notes", "processes")
Arguments = Mapping[str, Any]


def mcp(path: Where = Path(), /) -> None:
    """Serve status, logs and traces of a backend to a program, by the Model Context Protocol; ends with its input."""
    server = Tools(running_description(path))
    for line in sys.stdin.buffer:
        if line.strip() and (answer := server.answer(line)) is not None:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


@dataclass(frozen=True)
class Tool:
    """One tool of the server; `properties` are those of its JSON schema."""

    about: str
    call: Callable[[Arguments], Any]
    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...] = ()


TEXT, NUMBER = {"type": "string"}, {"type": "integer", "minimum": 1}
NAME = TEXT | {"description": "the name of a process, as status shows it"}


class Tools:
    """The tools of one backend."""

    def __init__(self, description: Path) -> None:
        self._description = description
        self._folder = Folder(description)
        self._tools = {
            "status": Tool("The state of each process, and what it waits for.", self._status, {}),
            "logs": Tool(
                "Log lines in the order of time.",
                self._logs,
                {
                    "process": NAME,
                    "grep": TEXT | {"description": "a regular expression"},
                    "level": TEXT | {"enum": ["debug", "info", "warning", "error"]},
                    "since": TEXT | {"description": "such as 5m or 2h"},
                    "trace": TEXT | {"description": "a trace's id"},
                    "lines": NUMBER,
                },
            ),
            "traces": Tool(
                "The newest requests.",
                self._traces,
                {"search": TEXT, "failed": {"type": "boolean"}, "limit": NUMBER},
            ),
            "trace": Tool("One request: its spans and log lines.", self._trace, {"trace": TEXT}, ("trace",)),
            "restart": Tool("Restart a process.", self._restart, {"process": NAME}, ("process",)),
            "story": Tool(
                "Play the backend's story against what runs.", lambda _: self._command("story", "--json"), {}
            ),
            "check": Tool("What is missing, broken or inconsistent.", lambda _: self._command("check"), {}),
        }

    def answer(self, line: bytes | str) -> dict[str, Any] | None:
        """Return the answer to a message; None to a notification."""
        try:
            message = msgspec.json.decode(line)  # UTF-8 refuses a lone surrogate, as a file does
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return _error(None, PARSE_ERROR, "the message is not JSON")
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return _error(None, INVALID_REQUEST, "the message is not a JSON-RPC request")
        if "id" not in message:
            return None
        try:
            return self._answered(message["id"], message["method"], message.get("params") or {})
        except Exception:  # noqa: BLE001 - one request that fails must not end the others
            traceback.print_exc()
            return _error(message["id"], INTERNAL_ERROR, "stead mcp failed; its standard error says why")

    def _answered(self, number: Any, method: str, params: Any) -> dict[str, Any]:
        match method:
            case "initialize":
                about = {"name": "stead", "version": version("stead")}
                return _result(number, {"protocolVersion": PROTOCOL, "capabilities": TOOLS, "serverInfo": about})
            case "ping":
                return _result(number, {})
            case "tools/list":
                return _result(number, {"tools": [_described(name, tool) for name, tool in self._tools.items()]})
            case "tools/call":
                return self._called(number, params)
        return _error(number, NO_METHOD, self._safe(f"there is no method {method}"))

    def _called(self, number: Any, params: Any) -> dict[str, Any]:
        name = params.get("name") if isinstance(params, dict) else None
        tool = self._tools.get(name) if isinstance(name, str) else None
        if tool is None:
            return _error(number, BAD_PARAMS, f"unknown tool; the tools are {', '.join(self._tools)}")
        given = params.get("arguments") or {}
        if wrong := _argument_error(tool, given):
            return _error(number, BAD_PARAMS, self._safe(wrong))
        try:
            return _result(number, self._content(tool.call(given)))
        except (SteadError, OSError) as error:
            return _result(number, self._content(str(error)) | {"isError": True})

    def _content(self, value: Any) -> dict[str, Any]:
        return {"content": [{"type": "text", "text": self._safe(value)}]}

    def _safe(self, value: Any) -> str:
        """Return a value as text with secrets masked; when the secrets cannot be read, return the reason instead."""
        try:
            mask = recorded_mask(self._folder)
            text = value if isinstance(value, str) else json.dumps(mask.value(value), indent=1, ensure_ascii=False)
            masked = mask.text(text)
        except (SteadError, OSError, ValueError) as error:
            return f"the answer is withheld: the secrets to mask in it cannot be read: {error}"
        return clean(printable(masked))[:LONGEST]

    def _status(self, _: Arguments) -> Any:
        state = Remote(self._description).ask("status")
        return {name: state[name] for name in SHOWN}

    def _logs(self, given: Arguments) -> Any:
        self._folder.refuse()
        files = {file.stem: file for file in sorted(self._folder.logs.glob("*.log"))}
        query = search(*(given.get(name, "") for name in ("since", "level", "grep", "trace")))
        if "process" in given:
            if given["process"] not in files:
                raise SteadError(f"there is no log of {given['process']}; there are {', '.join(files)}")
            files = {given["process"]: files[given["process"]]}
        most = min(given.get("lines", 100), MOST)
        with bounded(SEARCH_TIMEOUT):
            found = in_order(files, query, most, recorded_mask(self._folder).text)
        return "\n".join(f"{read.process} | {line}" for read, line in found[-most:])

    def _traces(self, given: Arguments) -> Any:
        wanted = TraceFilter(text=given.get("search", ""), failed=given.get("failed", False))
        file, limit = self._newest(), min(given.get("limit", 20), MOST)
        return ask_recording(file, lambda: trace_query.page(file, wanted, limit=limit))

    def _trace(self, given: Arguments) -> Any:
        file = self._newest()
        found = ask_recording(file, lambda: trace_query.trace(file, given["trace"]))
        if not found["spans"]:
            raise SteadError(f"there is no trace {given['trace']} in this run")
        return found

    def _restart(self, given: Arguments) -> Any:
        remote = Remote(self._description)
        remote.ask("restart", [given["process"]])
        return next(each for each in remote.ask("status")["processes"] if each["name"] == given["process"])

    def _newest(self) -> Path:
        file = newest_file(self._folder.path / FOLDER)
        if file is None:
            raise SteadError("no request was recorded here yet: nothing has run")
        return file

    def _command(self, *words: str) -> str:
        command = module_command("stead", words[0], str(self._description.parent), *words[1:])
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise SteadError(f"stead {words[0]} was stopped after {TIMEOUT:.0f} seconds") from None
        return f"{done.stdout.decode(errors='replace')}\nexit status {done.returncode}"


def _described(name: str, tool: Tool) -> dict[str, Any]:
    schema = {"type": "object", "properties": tool.properties, "required": list(tool.required)}
    return {"name": name, "description": tool.about, "inputSchema": schema}


def _argument_error(tool: Tool, given: Any) -> str:
    """Return why a tool refuses these arguments; nothing when they are valid."""
    if not isinstance(given, dict):
        return "the arguments are not an object"
    kinds: dict[str, type] = {"string": str, "integer": int, "boolean": bool}
    for name, value in given.items():
        if name not in tool.properties:
            return f"there is no argument {name}; there are {', '.join(tool.properties) or 'none'}"
        if type(value) is not kinds[tool.properties[name]["type"]]:
            return f"{name} is not of type {tool.properties[name]['type']}"
        if isinstance(value, int) and value < tool.properties[name].get("minimum", value):
            return f"{name} is less than {tool.properties[name]['minimum']}"
    missing = [name for name in tool.required if name not in given]
    return f"{', '.join(missing)} is missing" if missing else ""


def _result(number: Any, value: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": value}


def _error(number: Any, code: int, text: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text}}
