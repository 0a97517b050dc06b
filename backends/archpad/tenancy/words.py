"""Words that both services' contracts use."""

from typing import Annotated, Literal

from msgspec import Meta

# PostgreSQL stores no NUL; a name has no use for the other control characters either.
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])[\s\S]*\S")]
OptionalLine = Annotated[str, Meta(max_length=200, pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])")]
Text = Annotated[str, Meta(max_length=20_000, pattern=r"^(?![\s\S]*\x00)")]

Role = Literal["viewer", "editor", "admin", "owner"]
RANK: dict[Role, int] = {"viewer": 0, "editor": 1, "admin": 2, "owner": 3}


def at_least(role: Role, needed: Role) -> bool:
    """Tell whether a role includes what another may do."""
    return RANK[role] >= RANK[needed]
