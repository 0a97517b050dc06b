"""Sending: once for an occurrence, by the first channel that works, within Telegram's limits."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest

from services.notifications.conftest import ADMIN, TOKEN
from stead.services.notifications import rules
from stead.services.notifications.templates import KINDS, LOCALES, fields_of, render
from stead.testing.smtp import Fault
from stead.testing.telegram import Fault as TelegramFault


async def test_a_message_goes_to_telegram_first_and_by_mail_without_it(run):
    async with run() as post:
        await post.contact()
        assert (await post.send(key="one")).status_code == 202
        await post.until(lambda: len(post.mails()) == 1)
        assert post.mails()[0].subject == "Booking confirmed"
        await post.link()
        await post.send(key="two")
        await post.until(lambda: "Your seat is confirmed: River." in post.chat())
        assert len(post.mails()) == 1


async def test_one_occurrence_is_one_message_whoever_repeats_it(run, rows):
    async with run() as post:
        await post.contact()
        answers = await asyncio.gather(*(post.send() for _ in range(10)))
        assert {answer.status_code for answer in answers} == {202}
        await post.until(lambda: len(post.mails()) == 1)
        await asyncio.sleep(0.3)
        assert len(post.mails()) == 1
    assert len(rows("SELECT FROM message")) == 1


async def test_a_message_whose_answer_was_lost_comes_again_with_the_same_message_id(run):
    """diplicity#1281: the channel has no key, so it is at least once; the Message-ID tells the copies."""
    async with run() as post:
        await post.contact()
        post.mailbox.faults.append(Fault(451, 1))
        await post.send()
        await post.until(lambda: len(post.mails()) == 1)
        assert post.mails()[0].message_id.startswith("<")


async def test_telegram_says_when_and_one_who_blocked_the_bot_stops_nobody(run, rows):
    """telegraf#1563: 429 with retry_after, and 403, stop all others."""
    async with run() as post:
        await post.contact("ann")
        await post.contact("ben", "ben@example.com")
        await post.link("ann", 7)
        await post.link("ben", 8)
        await asyncio.sleep(1.1)
        post.telegram.faults["sendMessage"].append(TelegramFault("sendMessage", status=403))
        await post.send("ann")
        await post.until(lambda: len(post.mails()) == 1)  # the channel is off, and the mail came in its place
        post.telegram.faults["sendMessage"].append(TelegramFault("sendMessage", status=429, retry_after=1))
        await post.send("ben")
        await post.until(lambda: "Your seat is confirmed: River." in post.chat(8))
        assert await post.dead() == []
    assert rows("SELECT telegram_off FROM contact WHERE user_id = 'ann'")[0]["telegram_off"]


async def test_what_nobody_can_be_told_is_a_dead_letter_that_an_admin_sends_again(run):
    async with run(NOTIFICATIONS_CONTACT_SECONDS="0") as post:
        await post.send()
        [dead] = await post.dead()
        assert (dead["reason"], dead["channel"]) == ("no_channel", "none")
        await post.contact()
        path = f"/v1/notifications/dead-letters/{dead['id']}/retry"
        assert (await post.app.post(path, user="eve")).status_code == 403
        assert (await post.app.post(path, **ADMIN)).status_code == 202
        await post.until(lambda: len(post.mails()) == 1)
        assert (await post.app.post(path, **ADMIN)).json()["code"] == "unknown_message"


async def test_a_message_that_comes_before_the_contact_of_its_user_is_sent_once_that_is_known(run, rows):
    """The two come from different services, each of which may be killed and try again later."""
    async with run() as post:
        await post.send()
        await post.until(lambda: rows("SELECT FROM procrastinate_jobs WHERE attempts > 0"))
        assert not post.mails()
        await post.contact()
        await post.until(lambda: len(post.mails()) == 1)
        assert await post.dead() == []
    assert [(row["channel"], row["status"]) for row in rows("SELECT * FROM message")] == [("email", "sent")]


async def test_a_message_whose_user_stays_unknown_is_a_dead_letter_in_the_end(run):
    async with run(NOTIFICATIONS_CONTACT_SECONDS="1") as post:
        await post.send()
        await post.until(lambda: _has_one(post.dead))
        assert [each["reason"] for each in await post.dead()] == ["no_channel"]


async def test_a_mailbox_that_does_not_exist_is_dead_at_once_and_a_busy_server_after_some_tries(run):
    async with run(NOTIFICATIONS_TRIES="1") as post:
        await post.contact()
        post.mailbox.faults.extend([Fault(550, 1), Fault(451, 1)])
        await post.send(key="one")
        await post.until(lambda: _count(post, 1))
        await post.send(key="two")
        await post.until(lambda: _count(post, 2))


async def _count(post, number):
    return len(await post.dead()) == number


async def test_what_is_too_old_is_dropped_and_a_code_is_forgotten_once_sent(run, rows):
    async with run() as post:
        await post.contact()
        await post.send(kind="recovery_code", code="123456")
        await post.until(lambda: "123456" in post.mails()[0].text if post.mails() else False)
        await post.until(lambda: rows("SELECT data FROM message WHERE status = 'sent'") == [{"data": {}}])
        post.mailbox.faults.append(Fault(451, 1))
        await post.send(kind="seat_offered", key="late", title="River", until="soon")
        rows("UPDATE message SET created_at = now() - interval '2 hours' WHERE key = 'late'")
        await post.until(lambda: bool(rows("SELECT FROM message WHERE key = 'late' AND status = 'dropped'")))


async def test_a_kind_can_be_switched_off_and_a_required_one_cannot(run, rows):
    async with run() as post:
        await post.contact()
        off = [{"kind": "news", "channel": "email", "enabled": False}]
        saved = await post.app.put("/v1/notifications/settings", json={"preferences": off}, user="ann")
        assert saved.json()["preferences"] == off
        required = [{"kind": "booking_confirmed", "channel": "email", "enabled": False}]
        refused = await post.app.put("/v1/notifications/settings", json={"preferences": required}, user="ann")
        assert refused.status_code == 422
        await post.send(kind="news", text="Hello")
        await post.send(key="required")
        await post.until(lambda: len(post.mails()) == 1)
        assert post.mails()[0].subject == "Бронь подтверждена"
    assert rows("SELECT reason FROM message WHERE kind = 'news'") == [{"reason": "switched_off"}]


async def test_a_link_of_unsubscription_works_and_an_altered_one_does_not(run):
    async with run(NOTIFICATIONS_LINK_SECRET="a-next-secret a-secret") as post:
        await post.contact()
        await post.send(kind="news", key="one", text="Hello")
        await post.until(lambda: len(post.mails()) == 1)
        token = post.mails()[0].unsubscribe.strip("<>").rpartition("/")[2]
        other = rules.unsubscribe_token("another-secret", "ann", "news")
        for altered in (token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), "x" + token, other, "x", "a.b"):
            answer = await post.app.post(f"/v1/unsubscriptions/{altered}")
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_link"), altered
        assert token == rules.unsubscribe_token("a-next-secret", "ann", "news")
        for good in (token, rules.unsubscribe_token("a-secret", "ann", "news")):  # of a mail before the rotation
            assert (await post.app.post(f"/v1/unsubscriptions/{good}")).status_code == 204
        shown = (await post.app.get("/v1/notifications/settings", user="ann")).json()
        assert shown["preferences"] == [{"kind": "news", "channel": "email", "enabled": False}]


async def test_a_code_links_one_chat_once_by_a_bot_whose_token_is_being_replaced(run):
    async with run(NOTIFICATIONS_BOT_TOKEN=f"42:revoked {TOKEN}") as post:
        url = (await post.app.post("/v1/notifications/telegram-links", user="ann")).json()["url"]
        code = url.rpartition("=")[2]
        post.says(f"/start {code}", 7)
        await post.until(lambda: post.chat(7))
        post.says(f"/start {code}", 8)
        await post.until(lambda: post.chat(8))
        assert "Готово" in post.chat(7)[0]
        assert "не подошёл" in post.chat(8)[0]


async def test_an_update_without_the_secret_is_refused(run):
    async with run() as post:
        for headers in ({}, {"x-telegram-bot-api-secret-token": "wrong"}):
            assert (await post.app.post("/v1/telegram/updates", json={}, headers=headers)).status_code == 401


@pytest.mark.parametrize(("body", "code"), [({"kind": "x"}, "unknown_kind"), ({"data": {"x": "y"}}, "invalid_body")])
async def test_a_kind_that_is_not_there_or_data_that_its_template_lacks(run, body, code):
    async with run() as post:
        wanted = {"user_id": "ann", "kind": "booking_confirmed", "key": "k", "data": {"title": "x"}} | body
        answer = await post.app.post("/v1/internal/notifications", json=wanted, caller="auth-service")
        assert answer.json()["code"] == code


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_something_in_every_language(kind, locale):
    shown = render(kind, locale, dict.fromkeys(fields_of(kind), "<x>\nBcc: eve@example.com"))
    assert shown.text
    assert "\n" not in shown.subject


def test_quiet_hours_may_go_over_midnight():
    night = (time(22), time(8), "UTC")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert rules.quiet_for(at + timedelta(hours=23), *night) == 9 * 3600
    assert rules.quiet_for(at + timedelta(hours=7), *night) == 3600
    assert rules.quiet_for(at + timedelta(hours=12), *night) == 0
    assert rules.quiet_for(at + timedelta(hours=23), None, None, "UTC") == 0


async def test_what_is_not_required_waits_for_the_end_of_quiet_hours_and_is_not_a_try(run, rows):
    async with run() as post:
        await post.contact()
        now = datetime.now(UTC)
        quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_to": (now + timedelta(hours=1)).time()}
        await post.choose(timezone="UTC", **{name: f"{at:%H:%M:%S}" for name, at in quiet.items()})
        await post.send(kind="news", key="waits", text="Hello")
        await post.send(key="required")
        await post.until(lambda: len(post.mails()) == 1)
        assert post.mails()[0].subject == "Booking confirmed"
        waiting = "SELECT status, tries FROM message WHERE key = 'waits'"
        await post.until(lambda: rows(waiting) == [{"status": "queued", "tries": 0}])
        for half in ({"quiet_from": "22:00:00"}, {"timezone": "Mars/Olympus"}):
            answer = await post.app.put("/v1/notifications/settings", json=half, user="ann")
            assert answer.status_code == 422


async def test_an_admin_sees_what_a_kind_says_before_anybody_gets_it(run):
    async with run() as post:
        shown = await post.app.get("/v1/notifications/templates/seat_offered?locale=en", **ADMIN)
        assert shown.json() == {"subject": "A seat is free", "text": "A seat is yours until {until}: {title}."}
        russian = await post.app.get("/v1/notifications/templates/seat_offered", **ADMIN)
        assert russian.json()["subject"] == "Освободилось место"
        assert (await post.app.get("/v1/notifications/templates/x", **ADMIN)).json()["code"] == "unknown_kind"
        assert (await post.app.get("/v1/notifications/templates/news", user="ann")).status_code == 403


async def _has_one(ask):
    return len(await ask()) == 1
