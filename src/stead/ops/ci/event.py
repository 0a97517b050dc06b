"""Events that start a pipeline, in the forge's own form; each is tested on every workflow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COMMIT = "4f2a91c" + 33 * "0"
REPOSITORY = "example/shop"
FORK = "stranger/shop"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its title, GitHub's name for it, the reference, and the changed paths."""

    title: str
    name: str
    branch: str
    changed: tuple[str, ...]
    tag: str = ""
    fork: bool = False

    @property
    def reference(self) -> str:
        """The value of `github.ref`."""
        if self.tag:
            return f"refs/tags/{self.tag}"
        return "refs/pull/1/merge" if self.name == "pull_request" else f"refs/heads/{self.branch}"

    def github(self) -> dict[str, Any]:
        """Return the context `github`."""
        head = {"repo": {"full_name": FORK if self.fork else REPOSITORY}, "sha": COMMIT}
        pull = {"base": {"sha": "0" * 40}, "head": head, "title": "feat: try", "number": 1}
        return {
            "event_name": self.name,
            "ref": self.reference,
            "ref_name": self.tag or ("1/merge" if self.name == "pull_request" else self.branch),
            "ref_type": "tag" if self.tag else "branch",
            "base_ref": self.branch if self.name == "pull_request" else "",
            "head_ref": "topic" if self.name == "pull_request" else "",
            "sha": COMMIT,
            "actor": "stranger" if self.fork else "owner",
            "repository": REPOSITORY,
            "repository_owner": REPOSITORY.partition("/")[0],
            "server_url": "https://github.com",
            "workflow": "workflow",
            "event": {"pull_request": pull, "before": "0" * 40}
            if self.name == "pull_request"
            else {"before": "0" * 40},
        }

    def gitlab(self) -> dict[str, str]:
        """Return the variables of GitLab's rules."""
        merge = self.name == "pull_request"
        return {
            "CI_PIPELINE_SOURCE": "merge_request_event" if merge else "push",
            "CI_COMMIT_BRANCH": "" if merge or self.tag else self.branch,
            "CI_COMMIT_TAG": self.tag,
            "CI_DEFAULT_BRANCH": self.branch,
            "CI_COMMIT_REF_PROTECTED": "false" if merge else "true",
        }


def events(branch: str, own: str, other: str) -> tuple[Event, ...]:
    """Return all events; `own` is a path of the backend, `other` is a path outside."""
    return (
        Event("pull request", "pull_request", branch, (own,)),
        Event("fork", "pull_request", branch, (own,), fork=True),
        Event("pull request elsewhere", "pull_request", branch, (other,)),
        Event("push", "push", branch, (own,)),
        Event("push elsewhere", "push", branch, (other,)),
        Event("tag", "push", branch, (), tag="v1.2.3"),
    )


def starts(on: Any, event: Event) -> bool:
    """Return whether a workflow's `on` includes an event."""
    if isinstance(on, str):
        return on == event.name
    if isinstance(on, Sequence):
        return event.name in on
    if not isinstance(on, Mapping) or event.name not in on:
        return False
    filters = on[event.name] or {}
    if event.tag:
        return ("tags" in filters or "branches" not in filters) and _passes(filters, "tags", [event.tag])
    if "branches" not in filters and "tags" in filters:
        return False
    return _passes(filters, "branches", [event.branch]) and _passes(filters, "paths", event.changed)


def _passes(filters: Mapping[str, Any], name: str, values: Sequence[str]) -> bool:
    included, ignored = filters.get(name), filters.get(f"{name}-ignore")
    if included is not None:
        return any(_matches(included, value) for value in values)
    return ignored is None or any(not _matches(ignored, value) for value in values)


def _matches(patterns: Sequence[str], value: str) -> bool:
    """Return whether a path is selected: the last matching pattern decides, and `!` excludes."""
    found = False
    for pattern in patterns:
        if re.fullmatch(_regex(pattern.removeprefix("!")), value):
            found = not pattern.startswith("!")
    return found


def _regex(pattern: str) -> str:
    """Translate a filter of GitHub's: `**` crosses folders; `?` and `+` apply to the character before."""
    parts = re.findall(r"\*\*/?|\*|\[[^\]]*\]|[?+]|.", pattern)
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    return "".join(plain.get(part) or (part if part.startswith("[") else re.escape(part)) for part in parts)
