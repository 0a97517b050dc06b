"""Pure decisions about referral codes and attributions.

A code is ten characters of Crockford's base 32 (https://www.crockford.com/base32.html): 50 random bits, read aloud
without a doubt, since I, L and O typed by mistake mean 1, 1 and 0. The rejected option, a longer code without
look-alikes, is worse on a poster.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from stead.services.referrals.contract import Branch

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10

Fault = Literal["unknown_code", "self_referral", "already_attributed", "window_over", "referral_cycle"]
STATUS: dict[Fault, int] = {
    "unknown_code": 404,
    "self_referral": 422,
    "already_attributed": 409,
    "window_over": 422,
    "referral_cycle": 422,
}
DETAIL: dict[Fault, str] = {
    "unknown_code": "No such referral code.",
    "self_referral": "A user cannot refer themselves.",
    "already_attributed": "This user has a referrer already.",
    "window_over": "The sign-up is too long ago.",
    "referral_cycle": "This user invited the owner of the code, directly or through other users.",
}

_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when an attribution is judged, all of it read under the lock of the graph.

    referrer   whose code it is; None when there is no such live code
    known      someone brought the referee already
    ancestor   the referee brought the referrer, directly or through others
    signed_up  when the referee signed up, where the caller says so
    """

    referrer: str | None
    referee: str
    known: bool
    ancestor: bool
    signed_up: datetime | None
    now: datetime


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(text: str) -> str:
    """Return the code that a person meant: any case, with or without spaces and hyphens."""
    return text.upper().translate(_LOOK_ALIKES)


def looks_real(code: str) -> bool:
    """Return whether a normalised code is well-formed; others are not looked up."""
    return len(code) == LENGTH and all(letter in ALPHABET for letter in code)


def branches(rows: Iterable[tuple[str, str, datetime]], root: str) -> list[Branch]:
    """Return the tree below a user; `rows` are referee, referrer and time, every referrer before those they brought."""
    below: dict[str, list[Branch]] = {root: []}
    for referee, referrer, at in rows:
        below[referee] = []
        below[referrer].append(Branch(referee, at, below[referee]))
    return below[root]


def fault(facts: Facts, window: timedelta) -> Fault | None:
    """Return the first problem of an attribution, or None."""
    wrong: dict[Fault, bool] = {
        "unknown_code": facts.referrer is None,
        "self_referral": facts.referrer == facts.referee,
        "already_attributed": facts.known,
        "window_over": facts.signed_up is not None and facts.now - facts.signed_up > window,
        "referral_cycle": facts.ancestor,
    }
    return next((name for name, applies in wrong.items() if applies), None)
