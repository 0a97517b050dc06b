"""Optimistic concurrency: a row's revision is its ETag, and a change names the one that it replaces (RFC 9110, 13.1.1).

428 precondition_required   a change came without If-Match (RFC 6585)
412 changed_meanwhile       somebody changed the row since it was read
"""

from typing import Annotated

from litestar.params import HeaderParameter

from stead.kit.http_problem import HttpProblem

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag of the version to replace.")]


def tag(revision: int) -> str:
    return f'"{revision}"'


def check_revision(if_match: str | None, revision: int) -> None:
    """Hold the revision against an If-Match header; HttpProblem when the change must not be made."""
    if if_match is None:
        detail = "Say in If-Match which version is to be changed: the ETag that reading it gave."
        raise HttpProblem(428, "precondition_required", detail)
    if if_match.strip() != "*" and tag(revision) not in (each.strip() for each in if_match.split(",")):
        raise HttpProblem(412, "changed_meanwhile", "It was changed since it was read; read it again.")
