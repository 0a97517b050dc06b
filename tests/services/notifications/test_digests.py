"""Digests: what can wait is gathered for a person, and comes as one message at the hour that the person has chosen."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from stead.services.notifications import rules
from stead.services.notifications.templates import KINDS

OFTEN = {"NOTIFICATIONS_DIGEST_SECONDS": "0.05"}
DUE = "UPDATE message SET due_at = now() WHERE status = 'gathered'"


async def test_news_of_a_day_come_as_one_message_and_what_is_required_at_once(run, rows):
    async with run(**OFTEN) as post:
        await post.contact()
        await post.choose(digest="day")
        for number in range(3):
            await post.send(kind="news", key=f"news-{number}", text=f"News {number}")
        await post.send(key="booking")
        await post.until(lambda: len(post.mails()) == 1)
        assert post.mails()[0].subject == "Booking confirmed"
        rows(DUE)
        await post.until(lambda: len(post.mails()) == 2)
        digest = post.mails()[1]
        assert (digest.subject, digest.text.splitlines()) == ("Digest", ["• News 0", "• News 1", "• News 2"])
        assert digest.unsubscribe
        await post.send(kind="news", key="news-0", text="News 0")  # the same occurrence again
        await asyncio.sleep(0.2)
    assert rows("SELECT FROM message WHERE status = 'gathered'") == []
    assert len(rows("SELECT FROM message WHERE kind = 'digest'")) == 1


async def test_a_digest_that_is_too_long_for_a_channel_is_several_and_loses_nothing(run, rows):
    async with run(**OFTEN) as post:
        await post.contact()
        await post.choose(digest="hour")
        for number in range(4):
            await post.send(kind="news", key=f"news-{number}", text=f"{number}" * 1500)
        rows(DUE)
        await post.until(lambda: len(post.mails()) == 2)
        text = "".join(mail.text for mail in post.mails())
    assert [text.count(str(number)) for number in range(4)] == [1500] * 4


async def test_who_unsubscribes_from_digests_gets_no_more_news_in_them(run, rows):
    async with run(**OFTEN) as post:
        await post.contact()
        await post.choose(digest="day", preferences=[{"kind": "digest", "channel": "email", "enabled": False}])
        await post.send(kind="news", text="Hello")
    assert [row["reason"] for row in rows("SELECT reason FROM message")] == ["switched_off"]


@pytest.mark.parametrize(
    ("how", "zone", "hours"),
    [
        ("hour", "Europe/Moscow", 0.5),
        ("hour", "Asia/Kolkata", 1.0),
        ("day", "Europe/Moscow", 18.5),
        ("none", "UTC", None),
    ],
)
def test_a_digest_is_due_at_the_full_hour_or_at_nine_in_the_morning(how, zone, hours):
    now = datetime(2026, 1, 1, 11, 30, tzinfo=UTC)  # 14:30 in Moscow, 17:00 in Kolkata
    assert rules.digest_due(now, how, zone) == (now + timedelta(hours=hours) if hours else None)


def test_no_kind_is_both_required_and_gathered():
    assert not [name for name, kind in KINDS.items() if kind.required and kind.gathered]
