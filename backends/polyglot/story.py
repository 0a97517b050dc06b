"""The story of polyglot: a page, an order through Node, Go and Java, a review to FastAPI; nobody gets further."""

from stead.ops.story_context import StoryContext, StoryError


async def story(stage: StoryContext) -> None:
    """Look at the prices, order, review, and try what is not declared."""
    ann, ben = stage.name("ann"), stage.name("ben")
    async with stage.step("a browser gets the page, its script, and the page again for a path of the page's own"):
        browser = stage.anyone({"Accept": "text/html"})
        page = await browser.get("/")
        expect("/page.js" in page, f"the page is {page[:80]}")
        expect("/v1/prices" in await stage.anyone().get("/page.js"), "the script asks for the prices")
        expect(await browser.get("/items/tea") == page, "a path without a file is the page's own")
        await stage.anyone().get("/items/tea", expect=404)
        await browser.get("/.env", expect=404)
    async with stage.step("anybody reads the prices, which a program in Go answers"):
        expect((await stage.anyone().get("/v1/prices"))["tea"] == 250, "tea costs 250")
    async with stage.step("Ann orders tea: Node asks Go for the price, and Java for a receipt"):
        order = await stage.user(ann).post("/v1/orders", {"item": "tea"})
        expect(order["cents"] == 250 and order["receipt"] > 0, f"the order is {order}")
        expect(order["priced_for"] == "orders", f"prices was asked by {order['priced_for']}")
    async with stage.step("what nobody sells cannot be ordered"):
        await stage.user(ann).post("/v1/orders", {"item": "gold"}, expect=404)
    async with stage.step("Ann sees her order, and Ben sees none"):
        expect(len((await stage.user(ann).get("/v1/orders"))["orders"]) == 1, "Ann has one order")
        expect((await stage.user(ben).get("/v1/orders"))["orders"] == [], "Ben has none")
    async with stage.step("Ann writes a review, which an app in FastAPI keeps"):
        made = await stage.user(ann).post("/v1/reviews", {"item": "tea", "text": "Hot."})
        expect(made["user"] == ann, f"the review is by {made['user']}")
    async with stage.step("nobody orders without a credential, and only a clerk erases the orders"):
        await stage.anyone({"X-User-Id": ann}).get("/v1/orders", expect=401)
        await stage.user(ann).delete("/v1/orders", expect=403)
    async with stage.step("what is for services is not there for people"):
        await stage.user(ann).get("/v1/prices/tea", expect=404)
        await stage.user(ann).post("/v1/receipts", {}, expect=405)


def expect(holds: bool, saying: str) -> None:
    """Raise StoryError when something does not hold."""
    if not holds:
        raise StoryError(saying)
