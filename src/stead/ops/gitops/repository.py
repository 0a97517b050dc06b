"""The git repository of a description: the history of its release files, and commits of new ones.

Commits have the user's name, hooks and signature, so the user's git is called.

Errors:
    GitopsError      a commit that may not be made, or that git refuses
"""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.model import SourceLocation, SteadError
from stead.model.git import run_as_user
from stead.render.kubernetes.release import Release, parsed
from stead.render.problem import RenderError

SECONDS = 120.0
SHORTEST = 7  # characters of a hash that is shortened


class GitopsError(SteadError):
    """Nothing was committed."""


@dataclass(frozen=True)
class Repository:
    """The repository that a backend's folder is in."""

    folder: Path

    def check(self, branch: str) -> None:
        """Raise GitopsError unless the folder is in a repository, on the branch that is synced."""
        if not self.folder.is_dir() or self._try("rev-parse", "--git-dir").returncode:
            raise GitopsError(f"{self.folder} is in no git repository: git init -b {branch}, or clone it")
        here = self._try("symbolic-ref", "--short", "HEAD").stdout.strip()
        if here != branch:
            raise GitopsError(f"{branch} is synced, and {here or 'no branch'} is checked out: git switch {branch}")

    def dirty(self, paths: Sequence[str]) -> list[str]:
        """Return what of these paths is changed and not committed."""
        lines = self.git("status", "--porcelain", "--untracked-files=all", "--", *paths).splitlines()
        return [line[3:] for line in lines]

    def releases(self, path: str) -> Iterator[Release]:
        """Yield the past contents of a release file, the newest first; malformed ones are ignored."""
        log = self._try("log", "--format=%H", "--", path)
        for commit in log.stdout.split():
            release = self._release(commit, path)
            if release:
                yield release

    def _release(self, commit: str, path: str) -> Release | None:
        """Return a release file's content at a commit; None when it is missing or malformed."""
        text = self._try("show", f"{commit}:./{path}")
        try:
            return parsed(text.stdout, SourceLocation(f"{path}@{commit[:7]}", 1)) if text.returncode == 0 else None
        except RenderError:
            return None

    def names_of(self, version: str, path: str) -> frozenset[str]:
        """Return the names under which a version was shipped before it had a tag.

        A tag points to the commit that was built, whose short hash was shipped, or to the commit of its digests.
        """
        if not self.has_tag(version):
            return frozenset((version,))
        commit = self.git("rev-parse", f"refs/tags/{version}^{{commit}}").strip()
        found = {version, *(commit[:length] for length in range(SHORTEST, len(commit) + 1))}
        if self.git("log", "-1", "--format=%H", commit, "--", path).strip() == commit:
            release = self._release(commit, path)
            found |= {release.version} if release else set()
        return frozenset(found)

    def has_tag(self, name: str) -> bool:
        return self._try("rev-parse", "--verify", "--quiet", f"refs/tags/{name}").returncode == 0

    def commit(self, message: str, paths: Sequence[str]) -> str:
        """Commit these paths and nothing else; return the commit."""
        self.git("add", "--all", "--", *paths)
        self.git("commit", "--quiet", "--message", message, "--", *paths)
        return self.git("rev-parse", "--short", "HEAD").strip()

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.git("rev-parse", "HEAD").strip()

    def subject(self, path: str) -> str:
        """Return the subject of the newest commit of a file; empty without one."""
        return self._try("log", "-1", "--format=%s", "--", path).stdout.strip()

    def has_same(self, path: str, commit: str, revision: str, branch: str) -> bool:
        """Return whether a revision of the remote branch is newer than a commit and has the same file."""
        self._try("fetch", "--quiet", "origin", branch)
        came_after = self._try("merge-base", "--is-ancestor", commit, revision).returncode == 0
        return came_after and self._try("diff", "--quiet", commit, revision, "--", path).returncode == 0

    def is_pushed(self, branch: str) -> bool:
        """Return whether the remote's branch has the present commit; False when the remote does not answer."""
        self._try("fetch", "--quiet", "origin", branch)
        return self._try("merge-base", "--is-ancestor", "HEAD", f"refs/remotes/origin/{branch}").returncode == 0

    def push(self, branch: str) -> None:
        """Push the commit; GitopsError when another push was first."""
        done = self._try("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        if done.returncode:
            mend = "git pull --rebase, look at what came, and git push; or git reset --hard @~ and ship again"
            raise GitopsError(f"committed here, and not pushed: {_last(done.stderr)}\n  fix: {mend}")

    def git(self, *words: str) -> str:
        """Return git's output; GitopsError with its last line."""
        done = self._try(*words)
        if done.returncode:
            raise GitopsError(f"git {words[0]}: {_last(done.stderr or done.stdout)}")
        return done.stdout

    def _try(self, *words: str) -> subprocess.CompletedProcess[str]:
        try:
            return run_as_user(self.folder, *words, seconds=SECONDS)
        except FileNotFoundError:
            raise GitopsError("git is not installed: install it with the system's package manager") from None
        except subprocess.TimeoutExpired:
            raise GitopsError(f"git {words[0]} took longer than {SECONDS:.0f} s") from None


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
