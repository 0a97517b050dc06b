"""Orders, an ASGI app without a framework."""

import json
import os


class Orders:
    def __init__(self):
        self.key = os.environ["ORDERS_KEY"]
        self.health = {
            "service": os.environ["SERVICE_NAME"],
            "env": os.environ["ENVIRONMENT"],
            "status": "ok",
            "version": os.environ["VERSION"],
        }

    async def __call__(self, scope, receive, send):
        status, body = self.answer(scope["path"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def answer(self, path):
        if path in ("/health", "/version"):
            return 200, self.health
        if path == "/livez":
            return 200, {"status": "ok"}
        return 404, {"code": "not_found"}


def create(settings):
    return Orders()
