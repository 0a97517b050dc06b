"""The story of polyglot: a page, an order through Node, Go and Java, a review, a picture; nobody gets further."""

import asyncio
import json

from websockets.asyncio.client import connect

from stead.ops.story_context import StoryContext, StoryError

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000  # 1 MB, which nobody decodes


async def story(context: StoryContext) -> None:
    """Look at the prices, order, review, and try what is not declared."""
    ann, ben = context.name("ann"), context.name("ben")
    async with context.step("a browser gets the page, its script, and the page again for a path of the page's own"):
        browser = context.anonymous({"Accept": "text/html"})
        page = await browser.get("/")
        expect("/page.js" in page, f"the page is {page[:80]}")
        expect("/v1/prices" in await context.anonymous().get("/page.js"), "the script asks for the prices")
        expect(await browser.get("/items/tea") == page, "a path without a file is the page's own")
        await context.anonymous().get("/items/tea", expect=404)
        await browser.get("/.env", expect=404)
    async with context.step("anybody reads the prices, which a program in Go answers"):
        expect((await context.anonymous().get("/v1/prices"))["tea"] == 250, "tea costs 250")
    async with context.step("Ann orders tea: Node asks Go for the price, and Java for a receipt"):
        order = await context.user(ann).post("/v1/orders", {"item": "tea"})
        expect(order["cents"] == 250 and order["receipt"] > 0, f"the order is {order}")
        expect(order["priced_for"] == "orders", f"prices was asked by {order['priced_for']}")
    async with context.step("what nobody sells cannot be ordered"):
        await context.user(ann).post("/v1/orders", {"item": "gold"}, expect=404)
    async with context.step("Ann sees her order, and Ben sees none"):
        expect(len((await context.user(ann).get("/v1/orders"))["orders"]) == 1, "Ann has one order")
        expect((await context.user(ben).get("/v1/orders"))["orders"] == [], "Ben has none")
    live = f"ws{context.gateway.removeprefix('http')}/v1/reviews/live"
    written = context.step("Ann writes a review, which an app in FastAPI keeps, and an open page shows it at once")
    async with written, connect(live) as open_page:
        made = await context.user(ann).post("/v1/reviews", {"item": "tea", "text": "Hot."})
        expect(made["user"] == ann, f"the review is by {made['user']}")
        shown = json.loads(await asyncio.wait_for(open_page.recv(), 5))
        expect(shown == made, f"the page is told of {shown}")
    async with context.step("Ann uploads a picture into a bucket, and everybody sees it"):
        png = {"Content-Type": "image/png"}
        picture = await context.user(ann).request("POST", "/v1/pictures", 201, png, content=PICTURE)
        expect(len(await context.anonymous().get(f"/v1/pictures/{picture['id']}")) > 0, "the picture comes back")
        await context.user(ann).request("POST", "/v1/pictures", 415, {"Content-Type": "text/html"}, content=b"<p>")
        await context.user(ann).request("POST", "/v1/pictures", 413, png, content=bytes(3 << 20))
        await context.anonymous().request("POST", "/v1/pictures", 401, png, content=PICTURE)
    if "labels" in context.urls:  # where Ruby is installed
        async with context.step("a program in Ruby labels a shelf with the price that Go tells it"):
            expect((await context.anonymous().get("/v1/labels/tea"))["label"] == "tea: 2.50", "the label of tea")
            await context.anonymous().get("/v1/labels/gold", expect=404)
    async with context.step("nobody orders without a credential, and only a clerk erases the orders"):
        await context.anonymous({"X-User-Id": ann}).get("/v1/orders", expect=401)
        await context.user(ann).delete("/v1/orders", expect=403)
    async with context.step("what is for services is not there for people"):
        await context.user(ann).get("/v1/prices/tea", expect=404)
        await context.user(ann).post("/v1/receipts", {}, expect=405)


def expect(holds: bool, saying: str) -> None:
    """Raise StoryError when something does not hold."""
    if not holds:
        raise StoryError(saying)
