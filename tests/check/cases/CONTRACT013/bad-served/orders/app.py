"""Orders: answers GET /health, and for its document GET /openapi.json."""

import json

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {"/v1/prices": {"get": {"operationId": "prices", "responses": {"200": {"description": "The prices."}}}}},
}
HEALTH = {"service": "orders", "env": "dev", "status": "ok", "version": "dev"}


async def app(scope, receive, send):
    if scope["type"] == "http":
        said = DOCUMENT if scope["path"] == "/openapi.json" else HEALTH
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})


def create():
    return app
