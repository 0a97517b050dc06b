"""The routes of the token service."""

from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post, route
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody

from stead.kit.http_problem import HttpProblem, unauthenticated
from stead.kit.idempotency_key import IdempotencyKey
from stead.kit.user import TOKEN, User, headers_of
from stead.services.tokens.contract import Gone, Introspection, Issued, Question, TokenRequest, Tokens
from stead.services.tokens.keys import NO_STORE, Keys
from stead.services.tokens.rules import bearer
from stead.services.tokens.service import AUTHORIZE

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
Form = Annotated[Question, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/v1/tokens")
async def list_tokens(user: User, keys: Keys) -> Tokens:
    """Return the user's tokens that were not revoked, newest first, and never a token itself."""
    return Tokens(list(await keys.list(user.id)))


@post("/v1/tokens", status_code=201)
async def make_token(user: User, data: JSONBody[TokenRequest], attempt: IdempotencyKey, keys: Keys) -> Response[Issued]:
    """Create a token. Only this response contains it: a replay by Idempotency-Key omits it."""
    return await keys.issue(user.id, data, attempt)


@delete("/v1/tokens/{token_id:str}", status_code=204)
async def revoke_token(user: User, token_id: FromPath[str], keys: Keys) -> None:
    """End a token, at once; to end it again changes nothing."""
    if not token_id.isprintable() or not await keys.revoke(user.id, token_id):
        raise HttpProblem(404, "unknown_token", "You have no token of that id.")


@post("/v1/introspect", status_code=200)
async def introspect(data: Form, keys: Keys) -> Response[Introspection]:
    """Introspect a token (RFC 7662). An inactive one has no other fields."""
    grant = await keys.recognise(data.token)
    if grant is None:
        return Response(Introspection(active=False), headers=NO_STORE)
    introspection = Introspection(
        active=True,
        sub=grant.user_id,
        scope=" ".join(grant.scopes),
        exp=int(grant.expires_at.timestamp()),
        iat=int(grant.created_at.timestamp()),
        token_type="Bearer",  # noqa: S106 - how it is shown, not what it is
        jti=grant.token_id,
    )
    return Response(introspection, headers=NO_STORE)


@post("/v1/revocations", status_code=204)
async def end_user(data: JSONBody[Gone], keys: Keys) -> None:
    """Revoke all tokens of a deleted user, and prevent new ones."""
    await keys.end(data.user_id)


def _by_method(_handler: object, method: str, _path: object) -> str:
    """Name an operation that is there once for each method; OpenAPI wants each name once."""
    return f"authorize_{method.lower()}"


@route(AUTHORIZE, http_method=METHODS, status_code=200, operation_id=_by_method)
async def authorize(request: Request[Any, Any, Any], keys: Keys) -> Response[None]:
    """Tell the gateway whose request this is, in headers; 401 when the token is nobody's.

    The gateway asks with the method and the headers of the request that it holds. A token has scopes and no roles:
    anyone who steals one cannot act as an editor.
    """
    shown = bearer([value for name, value in request.scope["headers"] if name == b"authorization"])
    grant = await keys.recognise(shown) if shown else None
    if grant is None:
        raise unauthenticated()
    headers = headers_of(User(grant.user_id, method=TOKEN, scopes=frozenset(grant.scopes)))
    # Litestar writes headers as Latin-1, and identity headers are UTF-8: written so, the bytes are the right ones.
    return Response(None, headers={name: value.encode().decode("latin-1") for name, value in headers.items()})


HANDLERS = (list_tokens, make_token, revoke_token, introspect, end_user, authorize)
