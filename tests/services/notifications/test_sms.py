"""SMS: the last channel, off unless it is configured, for what is always sent and what the user has switched on."""

from stead.testing.sms_ru import Fault

AT_ONCE = {"NOTIFICATIONS_CONTACT_SECONDS": "0"}
SMS = {"SMS_API_ID": "an-account"}
ON = [{"kind": "news", "channel": "sms", "enabled": True}]
PHONE = "79261234567"


async def test_who_has_a_phone_alone_gets_what_is_required_and_what_they_switched_on(run, rows):
    async with run(**SMS, **AT_ONCE) as post:
        await post.contact(email=None, phone=f"+{PHONE}")
        await post.send(key="one")
        await post.send(key="two", kind="news", text="Hello")
        await post.send(key="three", kind="recovery_code", code="123456")  # nobody has verified the number
        await post.until(lambda: post.sms.messages[PHONE] == ["Your seat is confirmed: River."])
        await post.choose(preferences=ON)
        await post.send(key="four", kind="news", text="Hello again")
        await post.until(lambda: post.sms.messages[PHONE][1:] == ["Hello again"])
    ended = {row["key"]: (row["status"], row["reason"]) for row in rows("SELECT * FROM message")}
    assert ended["two"] == ("dropped", "switched_off")
    assert ended["three"] == ("dead", "no_channel")


async def test_telegram_and_mail_come_first_and_without_an_account_there_is_no_sms(run):
    async with run(**SMS) as post:
        await post.contact(phone=f"+{PHONE}")
        await post.send()
        await post.until(lambda: len(post.mails()) == 1)
        assert not post.sms.messages[PHONE]
    async with run(**AT_ONCE) as post:
        await post.contact("ben", email=None, phone=f"+{PHONE}")
        await post.send("ben")
        assert [each["reason"] for each in await post.dead()] == ["no_channel"]


async def test_a_number_that_is_refused_is_dead_and_a_failure_is_tried_again(run, rows):
    async with run(**SMS) as post:
        await post.contact(email=None, phone=f"+{PHONE}")
        post.sms.faults.extend([Fault(202), Fault(220), Fault(status=500)])
        await post.send(key="refused")
        await post.until(lambda: rows("SELECT FROM message WHERE reason = 'sms: 202' AND status = 'dead'"))
        await post.send(key="tried")
        await post.until(lambda: len(post.sms.messages[PHONE]) == 1, seconds=15)
        post.sms.faults.append(Fault(230))
        await post.send(key="later")
        await post.until(lambda: not post.sms.faults)
        assert [row["status"] for row in rows("SELECT status FROM message WHERE key = 'later'")] == ["queued"]


async def test_a_phone_that_is_none_is_refused(run):
    async with run() as post:
        for phone in ("89261234567", "+7", "+79261\n", "+" + "7" * 19):
            answer = await post.app.put("/v1/internal/contacts/ann", json={"phone": phone}, caller="auth-service")
            assert answer.status_code == 422
