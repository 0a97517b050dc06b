"""Secrets: a value by its key, for a caller whose description names that key."""

import hmac
import logging

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from stead.kit.asgi import headers
from stead.kit.caller import Caller
from stead.kit.http_problem import HttpProblem
from stead.services.secrets.contract import Secret
from stead.services.secrets.store import Store

audit = logging.getLogger("stead.audit")


@get("/v1/secrets/{key:str}")
async def read(
    request: Request[None, None, State], key: FromPath[str], caller: Caller, store: Store
) -> Response[Secret | None]:
    """Return a value; a key that is not declared and one that does not exist answer alike."""
    snapshot = await store.snapshot()
    value = snapshot.values.get(key)
    declared = f"read:{key}" in caller.operations
    outcome = "given" if declared and value is not None else "unknown" if declared else "not declared"
    audit.info("secret read", extra={"caller": caller.name, "key": key, "outcome": outcome})
    if value is None or not declared:
        raise HttpProblem(404, "unknown_secret", "This caller has no such secret.")
    tag = _tag(caller.name, key, value)
    fresh = {"ETag": tag, "Cache-Control": f"private, max-age={int(store.ttl)}"}
    if headers(request.scope).get(b"if-none-match", b"").decode("latin-1") == tag:
        return Response(None, status_code=304, headers=fresh)
    return Response(Secret(key, value, snapshot.version), headers=fresh)


def _tag(caller: str, key: str, value: str) -> str:
    """Tell one value from another without telling the value: guessing it from the tag costs what guessing it costs."""
    digest = hmac.digest(value.encode(), f"{caller}\n{key}".encode(), "sha256")
    return f'"{digest[:16].hex()}"'


HANDLERS = (read,)
