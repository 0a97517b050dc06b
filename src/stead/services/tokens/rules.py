"""Decisions about tokens that need no database."""

from collections.abc import Sequence

from stead.kit.http_problem import HttpProblem

USUAL_DAYS = 90


def days(requested: int | None, longest: int) -> int:
    """Return how many days a token lives; Refusal 422 beyond the longest life that is allowed."""
    if requested is None:
        return min(USUAL_DAYS, longest)
    if requested > longest:
        detail = f"A token lives for at most {longest} days."
        errors = [{"path": "$.expires_in_days", "message": detail}]
        raise HttpProblem(422, "expires_too_late", detail, errors=errors)
    return requested


def scopes(requested: Sequence[str]) -> tuple[str, ...]:
    """Return each scope once, sorted; `*` holds them all, so beside it no other is kept."""
    return ("*",) if "*" in requested else tuple(sorted(set(requested)))


def bearer(values: Sequence[bytes]) -> str | None:
    """Return the credential of the one `Authorization: Bearer …` header; None when there is not exactly one.

    A comma means that someone on the way has joined two headers.
    """
    if len(values) != 1:
        return None
    scheme, _, credential = values[0].decode("latin-1").partition(" ")
    credential = credential.strip(" ")
    if scheme.lower() != "bearer" or not credential or "," in credential or " " in credential:
        return None
    return credential
