"""The smallest service in the framework that the shelf is made with: empty handlers."""

from litestar import Litestar, get, post


@post("/v1/sessions/verify", status_code=204)
async def verify() -> None: ...


@get("/v1/secrets/KEY", status_code=204)
async def read() -> None: ...


app = Litestar([verify, read], openapi_config=None, logging_config=None)
