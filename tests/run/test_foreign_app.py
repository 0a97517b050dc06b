"""A FastAPI app and a WSGI app under `stead up`: in the app no line of Stead's, before it the declared boundary."""

import asyncio
import json
import urllib.error
import urllib.request

from run.test_supervisor import running

FASTAPI = """
from fastapi import FastAPI, Request
app = FastAPI()

@app.get("/v1/reviews")
def reviews(request: Request):
    return {"by": request.headers.get("x-service-caller"), "user": request.headers.get("x-user-id")}
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"old but well"]
"""
SERVICES = """
reviews = Service("reviews", app="reviews_main:app", routes=[
    Route.public("GET", "/v1/reviews"), Route.service("GET", "/v1/private", "read")])
legacy = Service("legacy", app="legacy_main:application", routes=[Route.public("GET", "/v1/legacy")])
"""


def ask(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


async def test_apps_of_others_stand_behind_the_boundary(tiny):
    (tiny.folder / "reviews_main.py").write_text(FASTAPI)
    (tiny.folder / "legacy_main.py").write_text(WSGI)
    tiny.describe(
        "reviews, legacy", 'gateway=Gateway("edge", fronts=[reviews, legacy])', SERVICES.replace("\n", "\n            ")
    )
    async with running(tiny.folder) as supervisor:
        edge = supervisor.plans.url
        own = f"http://127.0.0.1:{supervisor.plans.listening['reviews']}"

        async def asked(url, **headers):
            return await asyncio.to_thread(ask, url, **headers)

        status, body = await asked(f"{edge}/v1/reviews", **{"X-User-Id": "victim"})
        assert (status, json.loads(body)) == (200, {"by": "edge", "user": None})
        assert await asked(f"{edge}/v1/legacy") == (200, "old but well")
        assert (await asked(f"{own}/v1/reviews"))[0] == 401
        assert (await asked(f"{own}/v1/private"))[0] == 401
        assert (await asked(f"{own}/docs"))[0] == 404
        status, body = await asked(f"{own}/health")
        assert (status, json.loads(body)["service"]) == (200, "reviews")
