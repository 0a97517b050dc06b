"""A service's API document, served as it is committed: `/openapi.json`, for everyone."""

from pathlib import Path

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler


def document_route(module_file: str) -> HTTPRouteHandler:
    """Return the handler that serves the `openapi.json` beside a module."""
    path = Path(module_file).with_name("openapi.json")

    @get("/openapi.json")
    async def api_document() -> Response[bytes]:
        """Return this document."""
        return Response(path.read_bytes(), media_type="application/json")

    return api_document
