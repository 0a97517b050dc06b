"""Ask an ASGI app one thing, with the headers as they are: duplicates, odd bytes and all."""

import json
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


async def ask(app, method="GET", path="/", headers=(), chunks=(b"",)):
    """Return what the app answers; the body arrives in these chunks."""
    sent = []
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks)} for n, chunk in enumerate(chunks, 1)
    ]

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name, value) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    start = sent[0]
    return Answer(start["status"], dict(start["headers"]), b"".join(each.get("body", b"") for each in sent[1:]))
