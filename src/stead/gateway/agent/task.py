"""The agent's two tasks: mint the tokens, fetch a key set."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from stead.gateway.agent.discovery import keys_url_of
from stead.gateway.agent.file import replace
from stead.gateway.agent.keyset import ParsedKeySet, UnusableKeySet, parsed_key_set, shared
from stead.gateway.agent.plan import KeySet, Plan
from stead.gateway.agent.source import is_file, read
from stead.gateway.agent.token import LIFE, SigningKey, minted, secret_file
from stead.gateway.agent.verification import Verification

PERIOD = 60.0  # seconds between two looks at a remote key set
NEAR = 1.0  # at a file
INNER = 5.0  # at a service of the backend
LONGEST_RETRY = 30.0
TIMEOUT = 5.0  # seconds that the gateway's start waits for a service of the backend

Log = Callable[..., None]
Show = Callable[[float], str]  # takes the time, returns the service token to send


class Task(Protocol):
    """A repeated task; `done` when its files exist."""

    name: str
    done: bool

    def do(self, now: float) -> float:
        """Do it, and return after how many seconds to do it again; OSError when the disk refuses."""


class TokenTask:
    """Mint every token at half of its life, so that a failure has minutes to be fixed."""

    name = "service tokens"

    def __init__(self, plan: Plan, keys: Mapping[str, SigningKey], folder: Path) -> None:
        self._plan = plan
        self._keys = keys
        self._folder = folder
        self.done = False

    def do(self, now: float) -> float:
        for token in self._plan.tokens:
            value = minted(self._keys[token.key], token.issuer or self._plan.issuer, token, now)
            replace(self._folder / token.file, secret_file(token, value))
        self.done = True
        return LIFE / 2


class KeySetTask:
    """Store a provider's last valid key set, and fetch newer ones.

    A service of the backend may come later than the gateway. After a while the gateway starts without its keys:
    requests with a signed token get 503, and all other routes work.
    """

    def __init__(
        self,
        keys: KeySet,
        verification: Verification,
        environ: Mapping[str, str],
        log: Log,
        show: Show | None = None,
    ) -> None:
        self.name = f"keys of {keys.provider}"
        self._algorithm = keys.algorithm
        self._discovery = keys.discovery
        self._secret = environ.get(keys.secret, "") if keys.secret else ""
        self._url = environ.get(keys.url, "").rstrip("/" if show else "") + keys.path
        self._show = show
        self._began: float | None = None
        self._provider = keys.provider
        self._verification = verification
        self._log = log
        self._failures = 0
        self._seen: bytes | None = None
        self.done = False

    def do(self, now: float) -> float:
        if self._secret:
            self._write(shared(self._secret))
            return PERIOD
        self._began = now if self._began is None else self._began
        try:
            found = read(self._url, self._show(now) if self._show else "")
            if self._discovery and (keys_url := keys_url_of(found, self._url)):
                found = read(keys_url)
            if found != self._seen:
                self._write(parsed_key_set(found, self._algorithm))
                self._seen = found
        except UnusableKeySet as problem:
            return self._failed(f"the key set cannot be used: {problem}", now)
        except (OSError, ValueError) as error:
            return self._failed(f"the key set cannot be fetched: {getattr(error, 'reason', None) or error}", now)
        if self._failures:
            self._log("info", f"{self.name}: the key set is available again")
        self._failures = 0
        if self._show:
            return INNER
        return NEAR if is_file(urlsplit(self._url)) else PERIOD

    def _write(self, keys: ParsedKeySet) -> None:
        for reason in keys.left_out:
            self._log("warning", f"{self.name}: left out {reason}")
        self._verification.keep(self._provider, keys.text)
        self.done = True

    def _failed(self, why: str, now: float) -> float:
        """Continue with the last valid set, also of an earlier run, and retry soon."""
        has_keys = self._verification.has_keys(self._provider)
        self.done = self.done or has_keys
        if self._show and not has_keys and now - (self._began or now) >= TIMEOUT:
            self._verification.do_without(self._provider)
            self.done = True
        wait = NEAR if self._show else min(NEAR * float(1 << self._failures), LONGEST_RETRY)
        self._failures = min(self._failures + 1, 10)
        consequence = (
            "the last valid one stays in use" if has_keys else "there is none yet, so no user can be authenticated"
        )
        self._log("warning" if has_keys else "error", f"{self.name}: {why}; {consequence}; trying again in {wait:g} s")
        return wait
