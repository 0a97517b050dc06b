"""The bot's settings: each kind that can be switched off, by each channel of the user, at the press of a button."""


async def test_a_kind_is_switched_off_and_on_by_a_channel_with_a_button(run, rows):
    async with run() as post:
        await post.contact()
        await post.link()
        post.says("/settings")
        await post.until(lambda: post.buttons())
        buttons = post.buttons()
        assert buttons["✓ News · Telegram"] == "news:telegram:off"
        assert buttons["✓ News · e-mail"] == "news:email:off"
        assert not any(kind in data for kind in ("booking_confirmed", "recovery_code") for data in buttons.values())
        post.presses("news:telegram:off")
        await post.until(lambda: post.buttons().get("✗ News · Telegram") == "news:telegram:on")
        await post.send(kind="news", text="Hello")
        await post.until(lambda: len(post.mails()) == 1)  # it went to the other channel
        post.presses("news:telegram:on")
        await post.until(lambda: "✓ News · Telegram" in post.buttons())
        await post.until(lambda: post.telegram.asked["answerCallbackQuery"] == 2)


async def test_a_button_that_is_not_the_bots_and_a_chat_that_is_not_linked_switch_nothing(run, rows):
    async with run() as post:
        await post.contact()
        await post.link()
        forged = ["booking_confirmed:telegram:off", "news:pigeon:off", "news:telegram:maybe", "x", ""]
        for data in forged:
            post.presses(data)
        post.says("/settings", chat=8)
        await post.until(lambda: post.chat(8))
        post.presses("news:telegram:off", chat=8)
        assert "не связан" in post.chat(8)[0]
        await post.until(lambda: post.telegram.asked["answerCallbackQuery"] == len(forged) + 1)
    assert rows("SELECT FROM preference") == []
