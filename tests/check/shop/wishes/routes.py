"""What the wishes service answers."""

from litestar import get, post
from litestar.params import FromPath, JSONBody

from stead.kit.user import User
from wishes.contract import Grant, Wish


@get("/v1/wishes")
async def wishes(user: User) -> list[Wish]:
    """List what I wish for."""
    return [Wish(f"wish_{user.id}", "a bicycle")]


@post("/v1/wishes/{wish_id:str}/grants")
async def grant(wish_id: FromPath[str], data: JSONBody[Grant]) -> Wish:
    """Grant a wish."""
    return Wish(wish_id, data.note, "granted")


@get("/v1/wishes/{wish_id:str}")
async def wish(wish_id: FromPath[str]) -> Wish:
    """Return a wish."""
    return Wish(wish_id, "a bicycle")


HANDLERS = (wishes, grant, wish)
