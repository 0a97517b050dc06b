"""Templates: the texts of each kind of message, in Russian and English. `{name}` is replaced by a value of the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter

DIGEST = "digest"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message.

    texts     by locale: the subject and the text
    required  it is always sent; other kinds can be switched off
    life      a message that could not be sent for so long is dropped
    gathered  it waits for the digest of a user who has chosen one
    sms       it may go to a phone number, which nobody has verified
    """

    texts: Mapping[str, tuple[str, str]]
    required: bool = False
    life: timedelta = DAY
    gathered: bool = False
    sms: bool = True


KINDS: dict[str, Kind] = {
    "booking_confirmed": Kind(
        {
            "ru": ("Бронь подтверждена", "Ваше место подтверждено: {title}."),
            "en": ("Booking confirmed", "Your seat is confirmed: {title}."),
        },
        required=True,
        life=7 * DAY,
    ),
    "booking_cancelled": Kind(
        {
            "ru": ("Бронь отменена", "Ваша бронь отменена: {title}. Оплата вернётся."),
            "en": ("Booking cancelled", "Your booking is cancelled: {title}. What you paid goes back."),
        },
        required=True,
        life=7 * DAY,
    ),
    "booking_expired": Kind(
        {
            "ru": ("Время брони вышло", "Место больше не держится за вами: {title}."),
            "en": ("Booking expired", "The seat is no longer held for you: {title}."),
        },
        gathered=True,
    ),
    "event_cancelled": Kind(
        {
            "ru": ("Событие отменено", "Событие отменено: {title}. Оплата вернётся."),
            "en": ("Event cancelled", "The event is cancelled: {title}. What you paid goes back."),
        },
        required=True,
        life=7 * DAY,
    ),
    "event_reminder": Kind(
        {"ru": ("Напоминание", "Скоро начало: {title}."), "en": ("Reminder", "It starts soon: {title}.")}, required=True
    ),
    "payment_status": Kind(
        {"ru": ("Платёж", "{title}: {status}."), "en": ("Payment", "{title}: {status}.")}, required=True, life=7 * DAY
    ),
    "seat_offered": Kind(
        {
            "ru": ("Освободилось место", "Место для вас до {until}: {title}."),
            "en": ("A seat is free", "A seat is yours until {until}: {title}."),
        },
        life=HOUR,
    ),
    "news": Kind({"ru": ("Новости", "{text}"), "en": ("News", "{text}")}, life=3 * DAY, gathered=True),
    DIGEST: Kind({"ru": ("Сводка", "{text}"), "en": ("Digest", "{text}")}),
    "sign_in_link": Kind(
        {
            "ru": ("Вход", "Ссылка для входа, действует 15 минут: {link}"),
            "en": ("Sign in", "Your sign-in link, good for 15 minutes: {link}"),
        },
        required=True,
        life=HOUR / 4,
    ),
    "recovery_code": Kind(
        {
            "ru": ("Код восстановления", "Код: {code}. Действует 15 минут, один раз."),
            "en": ("Recovery code", "Your code: {code}. It is good for 15 minutes, once."),
        },
        required=True,
        life=HOUR / 4,
        sms=False,
    ),
    "account_exists": Kind(
        {
            "ru": ("У вас уже есть учётная запись", "Вы уже зарегистрированы. Ссылка для входа: {link}"),
            "en": ("You have an account", "You are registered already. Your sign-in link: {link}"),
        },
        required=True,
        life=HOUR / 4,
    ),
}
LOCALES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to be sent."""

    subject: str
    text: str


def fields_of(kind: str) -> frozenset[str]:
    """Return the names of the data that a kind's templates need."""
    texts = (text for pair in KINDS[kind].texts.values() for text in pair)
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def render(kind: str, locale: str, data: Mapping[str, str]) -> Rendered:
    """Return the message of a kind; a line break in the data stays out of the subject."""
    subject, text = KINDS[kind].texts[locale]
    return Rendered(" ".join(subject.format_map(data).split()), text.format_map(data))
