"""What the page *Try* asks for: the forms of all routes, the requests that were sent, and to send one.

The requests are kept in the memory of this process, as they were typed: to be sent again, with the same
Idempotency-Key or with a new one. No file of a run holds one.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

import stead
from stead.console.config import Node
from stead.console.http_message import BadRequest, Request, Response, as_json
from stead.console.request_form import NAME, form, read_document
from stead.console.request_sender import Attempt, RequestSender, shown
from stead.console.run_view import RunView

MAX_REQUESTS = 100  # requests

_decode = msgspec.json.Decoder(Attempt).decode


class RequestHandlers:
    """The handlers of one console; `live` returns the run that goes on."""

    def __init__(self, description: Path, environment: str, live: Callable[[], RunView | None]) -> None:
        self._base, self._live = description.parent, live
        self._sender = RequestSender(description, environment)
        self._sent: deque[dict[str, Any]] = deque(maxlen=MAX_REQUESTS)
        self._number = 0

    async def forms(self, _: Request) -> Response:
        return as_json(await asyncio.to_thread(self._forms))

    async def sent(self, _: Request) -> Response:
        return as_json({"sent": list(reversed(self._sent))})

    async def send(self, request: Request) -> Response:
        try:
            attempt = _decode(request.body)
        except msgspec.MsgspecError as error:
            raise BadRequest(f"this is not a request that could be sent: {error}") from None
        run = await asyncio.to_thread(self._running)
        urls = {each["name"]: each["url"] for each in run.processes()}
        answer = await asyncio.to_thread(self._sender.send, attempt, run.graph, urls)
        self._number += 1
        self._sent.append(shown(attempt, answer, self._number, time.time_ns() // 1000))
        return as_json({"id": self._number, "answer": answer})

    def _running(self) -> RunView:
        run = self._live()
        if run is None:
            raise BadRequest("nothing runs that could answer: stead up starts it")
        return run

    def _forms(self) -> dict[str, Any]:
        graph = self._running().graph
        services = [node for node in graph.nodes if node.kind == "service" and node.routes]
        return {
            "services": [{"name": node.name, "routes": self._routes(node)} for node in services],
            "gateway": next((node.name for node in graph.nodes if node.kind == "gateway"), ""),
            "users": graph.users is not None,
            "callers": [node.name for node in graph.nodes if node.kind != "gateway"],
            "roles": sorted({role for node in services for route in node.routes for role in route.roles}),
        }

    def _routes(self, node: Node) -> list[dict[str, Any]]:
        document = read_document(document_of(node, self._base))
        return [
            msgspec.structs.asdict(route) | {"form": form(document, route.method, route.path)} for route in node.routes
        ]


def document_of(node: Node, base: Path) -> Path | None:
    """Return where the `openapi.json` of a service would be: beside its source, as for the check of contracts."""
    module = node.about.partition(":")[0]
    parts = module.split(".")[:-1] if module.replace(".", "").isidentifier() else []
    places = [base.joinpath(*parts), base / node.folder] if parts else [base / node.folder]
    if parts[:1] == ["stead"]:
        places = [Path(stead.__file__).parent.joinpath(*parts[1:])]
    return next((place / NAME for place in places if place != base and (place / NAME).is_file()), None)
