"""The git repository of a description: the history of its release files, and commits of new ones.

Commits have the user's name, hooks and signature, so the user's git is called.

Errors:
    GitopsError      a commit that may not be made, or that git refuses
"""

import fcntl
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stead.model import SourceLocation, SteadError
from stead.model.git import run_as_user
from stead.ops.gitops.history import Shipped
from stead.render.kubernetes.release import Release, parsed
from stead.render.problem import RenderError

SECONDS = 120.0
SHORTEST = 7  # characters of a hash that is shortened
LOCK = "stead-ship.lock"
REASON = re.compile(r"^(?:fatal|error|remote): *(?=\S)|^ ! +(?=\[)", re.MULTILINE)
MOST = 3  # lines of git's reason that are shown
BEHIND = ("fetch first", "non-fast-forward", "stale info")


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
        if here != branch and self._is_fixed(branch):
            raise GitopsError(
                f"{branch} is a tag or a commit, and nothing can be added to it: Gitops(revision=…) of a branch"
            )
        if here != branch:
            raise GitopsError(f"{branch} is synced, and {here or 'no branch'} is checked out: git switch {branch}")

    def _is_fixed(self, revision: str) -> bool:
        """Return whether a revision is no branch, here or at the remote, and is known by another name."""
        heads = (f"refs/heads/{revision}", f"refs/remotes/origin/{revision}")
        if any(self._try("rev-parse", "--verify", "--quiet", head).returncode == 0 for head in heads):
            return False
        return self._try("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode == 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this clone against other ships during the block: two would write one commit."""
        place = Path(self.git("rev-parse", "--absolute-git-dir").strip()) / LOCK
        with place.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GitopsError("another ship commits in this clone now: try again when it has ended") from None
            yield

    def dirty(self, paths: Sequence[str]) -> list[str]:
        """Return what of these paths is changed and not committed."""
        lines = self.git("status", "--porcelain", "--untracked-files=all", "--", *paths).splitlines()
        return [line[3:] for line in lines]

    def history(self, path: str) -> Iterator[Shipped]:
        """Yield the past contents of a release file, the oldest first; malformed ones are ignored."""
        for line in self._try("log", "--reverse", "--format=%H %s", "--", path).stdout.splitlines():
            commit, _, subject = line.partition(" ")
            release = self._release(commit, path)
            if release:
                yield Shipped(subject, release)

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
            mend = "mend what git names, then git push; or git reset --keep @~ removes the commit"
            if any(word in done.stderr for word in BEHIND):
                mend = "git pull --rebase, look at what came, and git push; or git reset --hard @~ and ship again"
            raise GitopsError(f"committed here, and not pushed: {_reason(done)}\n  fix: {mend}")

    def git(self, *words: str) -> str:
        """Return git's output; GitopsError with its reason."""
        done = self._try(*words)
        if done.returncode:
            raise GitopsError(f"git {words[0]}: {_reason(done)}")
        return done.stdout

    def _try(self, *words: str) -> subprocess.CompletedProcess[str]:
        try:
            return run_as_user(self.folder, *words, seconds=SECONDS)
        except FileNotFoundError:
            raise GitopsError("git is not installed: install it with the system's package manager") from None
        except subprocess.TimeoutExpired:
            raise GitopsError(f"git {words[0]} took longer than {SECONDS:.0f} s") from None


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return why git failed: the lines that it marks as the reason, or its last one."""
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    marked = [REASON.sub("", line) for line in lines if REASON.match(line)]
    if found := marked[:MOST] or lines[-1:]:
        return "; ".join(found)
    return f"it ended with status {done.returncode} and without a word: a hook of this repository may have refused it"
