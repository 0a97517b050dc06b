"""The part of Cloudflare's API that a deploy needs: the deployed versions and the settings of each Worker.

wrangler makes the deploys; this module only reads. https://developers.cloudflare.com/api/resources/workers/

    CloudflareError   the API refused, or could not be reached; the text never holds the token
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from stead.ops.ship.error import ShipError

URL = "https://api.cloudflare.com/client/v4"
SECONDS = 20.0
PAUSES = (0.5, 1.0, 2.0)  # seconds, before the API is asked again when it is busy or cannot be reached
RETRIABLE = (429, 500, 502, 503, 504)
SECRET = "secret_text"  # noqa: S105 - the kind of a binding
VARS = ("plain_text", "json")
UNKNOWN = 10007  # the code of a Worker that is not there
PRINTABLE = re.compile(r"[\x21-\x7e]+")
MEND = ": CLOUDFLARE_API_TOKEN needs the permission to edit Workers of this account"


class CloudflareError(ShipError):
    """The API refused, or could not be reached."""


@dataclass(frozen=True, slots=True)
class Given:
    """The settings of a Worker at Cloudflare: vars with their values, and names of secrets."""

    vars: Mapping[str, str]
    secrets: frozenset[str]


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Answer(msgspec.Struct):
    success: bool
    errors: list[_Error] | None = None
    result: Any = None


class _Version(msgspec.Struct):
    version_id: str
    percentage: float


class _Deployment(msgspec.Struct):
    versions: list[_Version]


class _Deployments(msgspec.Struct):
    deployments: list[_Deployment]


class _Binding(msgspec.Struct):
    type: str
    name: str = ""
    text: Any = ""
    json: Any = ""


class _Settings(msgspec.Struct):
    bindings: list[_Binding]


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """One account."""

    account: str
    token: str = field(repr=False)
    url: str = URL
    pauses: Sequence[float] = PAUSES

    def deployed(self, worker: str) -> str:
        """Return the id of the version that serves all requests; empty when the Worker was never deployed."""
        result = self._get(f"{self._script(worker)}/deployments", _Deployments)
        versions = result.deployments[0].versions if result and result.deployments else []
        whole = [each.version_id for each in versions if each.percentage == 100]
        if versions and not whole:
            shares = ", ".join(f"{each.version_id} {each.percentage:g} %" for each in versions)
            raise CloudflareError(f"{worker} serves several versions ({shares}): finish that rollout first")
        return whole[0] if whole else ""

    def given(self, worker: str) -> Given | None:
        """Return the present settings of a Worker; None when it was never deployed."""
        result = self._get(f"{self._script(worker)}/settings", _Settings)
        if result is None:
            return None
        found = {each.name: str(each.text or each.json) for each in result.bindings if each.type in VARS}
        return Given(found, frozenset(each.name for each in result.bindings if each.type == SECRET))

    def _script(self, worker: str) -> str:
        return f"/accounts/{quote(self.account, safe='')}/workers/scripts/{quote(worker, safe='')}"

    def _get(self, path: str, kind: type[Result]) -> Result | None:
        """Return a result; None for a Worker that does not exist."""
        answer = self._asked(path)
        try:
            data = msgspec.json.decode(answer.content, type=_Answer)
            errors = data.errors or []
            if answer.status_code == 404 and UNKNOWN in [each.code for each in errors]:
                return None
            if data.success:
                return msgspec.convert(data.result, kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            text = f"Cloudflare's API answered {answer.status_code} with an unexpected body ({error})"
            raise CloudflareError(f"{text}: try again later; {self.url} was asked") from None
        reasons = "; ".join(f"{each.message} ({each.code})" for each in errors) or "no reason"
        mend = MEND if answer.status_code in (401, 403) else ""
        raise CloudflareError(f"Cloudflare's API answered {answer.status_code}: {reasons}{mend}")

    def _asked(self, path: str) -> httpx2.Response:
        """Send a request; repeat it after a pause when the API is busy or unreachable."""
        if not PRINTABLE.fullmatch(self.token):  # the client's own error would show it
            raise CloudflareError("CLOUDFLARE_API_TOKEN has a blank or another character that is invalid in a token")
        for pause in (*self.pauses, None):
            try:
                answer = httpx2.get(self.url + path, headers={"authorization": f"Bearer {self.token}"}, timeout=SECONDS)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                if pause is None or isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
                    raise CloudflareError(f"{self.url} does not answer: {type(error).__name__}: {error}") from None
            else:
                if pause is None or answer.status_code not in RETRIABLE:
                    return answer
            time.sleep(pause)
        raise AssertionError("the last turn returns or raises")
