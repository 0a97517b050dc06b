"""The bot's settings: a keyboard with a button for each kind that can be switched off, and each channel of the user."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg.rows import DictRow

from stead.services.notifications.rules import CHANNELS
from stead.services.notifications.templates import KINDS

ON, OFF = "✓", "✗"
NAMES = {
    "telegram": {"ru": "Telegram", "en": "Telegram"},
    "email": {"ru": "почта", "en": "e-mail"},
    "sms": {"ru": "SMS", "en": "SMS"},
}
TITLE = {"ru": "Что присылать (остальное приходит всегда):", "en": "What is sent (the rest always is):"}


class Switch(NamedTuple):
    """What a button does: whether a kind is sent by a channel from now on."""

    kind: str
    channel: str
    enabled: bool


def title(locale: str) -> str:
    return TITLE[locale]


def keyboard(contact: Mapping[str, Any], chosen: Sequence[DictRow]) -> dict[str, Any]:
    """Return an inline keyboard (Bot API, InlineKeyboardMarkup): a row for each kind, a button for each channel."""
    states = {(row["kind"], row["channel"]): row["enabled"] for row in chosen}
    channels = [channel for channel in CHANNELS if contact[_PLACES[channel]]]
    rows = []
    for name, kind in KINDS.items():
        if not kind.required:
            about = kind.texts[contact["locale"]][0]
            rows.append([_button(name, about, channel, contact["locale"], states) for channel in channels])
    return {"inline_keyboard": rows}


def switch_of(data: str) -> Switch | None:
    """Read what a button sends; None for what no button of ours does."""
    kind, _, rest = data.partition(":")
    channel, _, state = rest.partition(":")
    if kind not in KINDS or KINDS[kind].required or channel not in CHANNELS or state not in ("on", "off"):
        return None
    return Switch(kind, channel, state == "on")


def _button(kind: str, about: str, channel: str, locale: str, states: Mapping[tuple[str, str], bool]) -> dict[str, str]:
    on = states.get((kind, channel), channel != "sms")
    text = f"{ON if on else OFF} {about} · {NAMES[channel][locale]}"
    return {"text": text, "callback_data": f"{kind}:{channel}:{'off' if on else 'on'}"}


_PLACES = {"telegram": "telegram_chat", "email": "email", "sms": "phone"}
