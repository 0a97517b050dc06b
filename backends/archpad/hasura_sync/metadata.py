"""Hasura's metadata API, as this job calls it: bulks that go on past single errors, in chunks, tried again.

Source: Hasura GraphQL Engine 2, "Metadata API Reference" (`bulk_keep_going`, `export_metadata`, `reload_metadata`).
"""

import time
from collections.abc import Sequence
from typing import Any, Self

import httpx2

from hasura_sync.plan import Operation
from stead.model import SteadError

CHUNK = 50  # operations in one request
TRIES = 4
PAUSE = 0.3  # seconds; twice as long before each further try
TIMEOUT = 30.0
DONE = ("already-tracked", "already-exists")  # another run has done it meanwhile: that is what was wanted


class HasuraError(SteadError):
    """Hasura cannot be used; the text has no secret in it."""


class Metadata:
    """One Hasura's metadata."""

    def __init__(self, endpoint: str, admin_secret: str) -> None:
        headers = {"x-hasura-admin-secret": admin_secret}
        self._client = httpx2.Client(base_url=endpoint.rstrip("/"), headers=headers, timeout=TIMEOUT, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def wait(self, until: float) -> None:
        """Return when Hasura is healthy; HasuraError when it is not, at a moment of the monotonic clock."""
        while True:
            try:
                if self._client.get("/healthz").is_success:
                    return
                why = "it is not healthy"
            except httpx2.TransportError as error:
                why = type(error).__name__
            if time.monotonic() > until:
                raise HasuraError(f"Hasura at {self._client.base_url} cannot be used: {why}.")
            time.sleep(PAUSE)

    def export(self) -> dict[str, Any]:
        found = self._ask("export_metadata", {})
        if not isinstance(found, dict):
            raise HasuraError("Hasura exports metadata that is no object: is HASURA_ENDPOINT Hasura's?")
        return found

    def reload(self) -> None:
        self._ask("reload_metadata", {"reload_remote_schemas": False, "reload_sources": True})

    def apply(self, operations: Sequence[Operation]) -> list[str]:
        """Do the operations, and return what went wrong with which; the others are done."""
        wrong: list[str] = []
        for start in range(0, len(operations), CHUNK):
            chunk = operations[start : start + CHUNK]
            answers = self._ask("bulk_keep_going", [{"type": each.type, "args": each.args} for each in chunk])
            for operation, answer in zip(chunk, answers, strict=True):
                if isinstance(answer, dict) and answer.get("code") not in (None, *DONE):
                    wrong.append(f"{operation.text}: {answer['code']}: {answer.get('error', '')}")
        return wrong

    def _ask(self, kind: str, args: Any) -> Any:
        """Ask once more, a few times, when nobody can say whether it was done: every operation here may come twice."""
        why = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(PAUSE * 2**attempt)
            try:
                answer = self._client.post("/v1/metadata", json={"type": kind, "args": args})
            except httpx2.TransportError as error:
                why = type(error).__name__
                continue
            if answer.status_code in (401, 403):
                raise HasuraError("Hasura refuses HASURA_GRAPHQL_ADMIN_SECRET: give the secret that it runs with.")
            if answer.status_code < 500:
                return self._read(kind, answer)
            why = f"it answers {answer.status_code}"
        raise HasuraError(f"Hasura does not do {kind}: {why}, {TRIES} times.")

    def _read(self, kind: str, answer: httpx2.Response) -> Any:
        try:
            body = answer.json()
        except ValueError:
            raise HasuraError(f"Hasura answers {kind} with what is no JSON: is HASURA_ENDPOINT Hasura's?") from None
        if not answer.is_success:
            code = body.get("code") if isinstance(body, dict) else None
            raise HasuraError(f"Hasura refuses {kind}: {answer.status_code} {code}.")
        return body
