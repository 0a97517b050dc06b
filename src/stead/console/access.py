"""Who may open the console: a browser of this machine that was given the token.

The address must be one of this machine's: a name of another site that was pointed here (DNS rebinding) is refused. The
token comes once in the address, as `stead open` gives it, and is then kept in a cookie that no script reads and no
other site's page sends. A request that changes anything must come from the page itself, as its Origin says.
"""

import hmac
from collections.abc import Mapping
from typing import NamedTuple

WRITES = frozenset({"POST", "DELETE"})


class Refused(NamedTuple):
    """A status, and the text of the answer."""

    status: int
    text: str


class Access:
    """The rules of one console. `port` is the one that it listens on."""

    def __init__(self, port: int, token: str) -> None:
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self.cookie = f"stead_console_{port}"  # cookies are of a host, and another console has another port
        self._token = token

    def refusal(self, method: str, headers: Mapping[str, str]) -> Refused | None:
        """Return why a request is refused; None when it may be answered."""
        if why := self.foreign(headers):
            return why
        if not self.is_token(self._shown(headers)):
            return Refused(401, "This page needs its key: stead open brings it.")
        origin = headers.get("origin", "")
        ours = origin.removeprefix("http://") == headers["host"] and origin.startswith("http://")
        if (origin and not ours) or (method in WRITES and not ours):
            return Refused(403, "This request does not come from the page of this console.")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none") and method in WRITES:
            return Refused(403, "This request comes from another site.")
        return None

    def foreign(self, headers: Mapping[str, str]) -> Refused | None:
        """Return why the address that a browser used is none of this console's."""
        if headers.get("host", "") not in self.hosts:
            return Refused(421, "This console answers at 127.0.0.1 and localhost only.")
        return None

    def is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())

    def set_cookie(self) -> str:
        return f"{self.cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"

    def _shown(self, headers: Mapping[str, str]) -> str:
        """Return the token that a request brings.

        Cookies are read one by one: those of any other server of this machine come along, and `http.cookies` gives
        none at all where one of them, such as `{"a":1}`, is not as it wants it.
        """
        for pair in headers.get("cookie", "").split(";"):
            name, _, text = pair.strip().partition("=")
            if name == self.cookie:
                return text
        kind, _, text = headers.get("authorization", "").partition(" ")
        return text if kind == "Bearer" else ""
