"""The smallest service in the framework that the shelf is made with: one route, an empty handler."""

from litestar import Litestar, post


@post("/v1/sessions/verify", status_code=204)
async def empty() -> None: ...


app = Litestar([empty], openapi_config=None, logging_config=None)
