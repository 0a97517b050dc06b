"""Cloudflare's API, as far as a deploy needs it: what is deployed, and what each Worker is given.

wrangler makes the deploys; this only looks. https://developers.cloudflare.com/api/resources/workers/

    CloudflareError   the API refused, or could not be reached; the text never holds the token
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from stead.ops.ship.error import ShipError

URL = "https://api.cloudflare.com/client/v4"
SECONDS = 20.0
SECRET = "secret_text"  # noqa: S105 - the kind of a binding
VARS = ("plain_text", "json")
UNKNOWN = 10007  # the code of a Worker that is not there


class CloudflareError(ShipError):
    """The API refused, or could not be reached."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a Worker has at Cloudflare: its vars with their values, and the names of its secrets."""

    vars: Mapping[str, str]
    secrets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cloudflare:
    """One account."""

    account: str
    token: str = field(repr=False)
    url: str = URL

    def deployed(self, worker: str) -> str:
        """Return the id of the version that serves all requests; empty where the Worker was never deployed."""
        result = self._get(f"{self._script(worker)}/deployments")
        deployments = result.get("deployments", []) if result else []
        versions = deployments[0].get("versions", []) if deployments else []
        whole = [each["version_id"] for each in versions if each.get("percentage") == 100]
        if versions and not whole:
            shares = ", ".join(f"{each['version_id']} {each.get('percentage')} %" for each in versions)
            raise CloudflareError(f"{worker} serves several versions ({shares}): finish that rollout first")
        return str(whole[0]) if whole else ""

    def given(self, worker: str) -> Given | None:
        """Return what a Worker is given now; None where it was never deployed."""
        result = self._get(f"{self._script(worker)}/settings")
        if result is None:
            return None
        bindings = result.get("bindings", [])
        found = {each["name"]: str(each.get("text", each.get("json", ""))) for each in bindings if each["type"] in VARS}
        return Given(found, frozenset(each["name"] for each in bindings if each["type"] == SECRET))

    def _script(self, worker: str) -> str:
        return f"/accounts/{quote(self.account, safe='')}/workers/scripts/{quote(worker, safe='')}"

    def _get(self, path: str) -> dict[str, Any] | None:
        """Return a result; None for a Worker that is not there."""
        headers = {"authorization": f"Bearer {self.token}"}
        try:
            answer = httpx2.get(self.url + path, headers=headers, timeout=SECONDS)
            data = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise CloudflareError(f"Cloudflare's API cannot be asked: {type(error).__name__}: {error}") from None
        if answer.status_code == 404 and UNKNOWN in [each.get("code") for each in data.get("errors", [])]:
            return None
        if not data.get("success"):
            errors = "; ".join(f"{each.get('message')} ({each.get('code')})" for each in data.get("errors", []))
            mend = ": is CLOUDFLARE_API_TOKEN one that may edit Workers of this account?"
            raise CloudflareError(
                f"Cloudflare's API answered {answer.status_code}: {errors or 'no reason'}"
                + (mend if answer.status_code in (401, 403) else "")
            )
        return dict(data["result"] or {})
