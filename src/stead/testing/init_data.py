"""initData of a Telegram Mini App, signed as Telegram signs it, from the published contract.

Source: "Validating data received via the Mini App" in Telegram's documentation: by the bot's token (HMAC-SHA256), and
by Telegram's own key for third parties (Ed25519), for which the stand-in has a key of its own.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def person(id: int, first_name: str = "Ann", **more: Any) -> dict[str, Any]:
    """Return a user as initData and updates carry it."""
    return {"id": id, "first_name": first_name, "language_code": "ru", **more}


def init_data(
    bot_token: str,
    user: dict[str, Any],
    *,
    at: float | None = None,
    third_party: Ed25519PrivateKey | None = None,
    **more: str,
) -> str:
    """Return initData as the client hands it to a Mini App: a query string with `hash`, last.

    at           when the app was opened, in seconds; now, unless said otherwise
    third_party  the key that also signs for those who do not know the bot's token
    """
    pairs = {
        "query_id": f"AA{secrets.token_urlsafe(16)}",
        "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(time.time() if at is None else at)),
        **more,
    }
    if third_party is not None:
        message = f"{bot_token.partition(':')[0]}:WebAppData\n{check_string(pairs)}".encode()
        pairs["signature"] = base64.urlsafe_b64encode(third_party.sign(message)).rstrip(b"=").decode()
    return urlencode({**pairs, "hash": hmac_of(bot_token, pairs)})


def hmac_of(bot_token: str, pairs: dict[str, str]) -> str:
    """Return the `hash` of these pairs, none of which is `hash`."""
    key = hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).digest()
    return hmac.new(key, check_string(pairs).encode(), hashlib.sha256).hexdigest()


def check_string(pairs: dict[str, str]) -> str:
    return "\n".join(f"{name}={value}" for name, value in sorted(pairs.items()))
