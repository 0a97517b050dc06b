"""Apps as a stranger writes them: no line of Stead's in any."""

import json

from fastapi import FastAPI, Request
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def seen(headers):
    return {name: value for name, value in headers.items() if name.startswith("x-")}


def fastapi():
    app = FastAPI()

    @app.api_route("/v1/{what}", methods=["GET", "POST"])
    async def anything(what: str, request: Request) -> dict[str, object]:
        return {"what": what, "headers": seen(request.headers), "body": (await request.body()).decode()}

    return app


fastapi_app = fastapi()


async def _answer(request):
    body = (await request.body()).decode()
    return JSONResponse({"what": request.path_params["what"], "headers": seen(request.headers), "body": body})


starlette_app = Starlette(routes=[Route("/v1/{what}", _answer, methods=["GET", "POST"])])


async def bare_asgi(scope, receive, send):
    """As Django's handler: it raises for a lifespan."""
    if scope["type"] == "lifespan":
        await receive()  # as some do, before they find that they do not know it
    if scope["type"] != "http":
        raise ValueError(f"cannot handle {scope['type']}")
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    text = json.dumps({"what": scope["path"].split("/")[-1], "headers": seen(headers), "body": body.decode()}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": text})


def wsgi(environ, start_response):
    """As Flask's or Django's `application`."""
    headers = {
        name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_X_")
    }
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"what": environ["PATH_INFO"].split("/")[-1], "headers": headers, "body": body}).encode()]
