"""The files around a description, as rules may see them: a bounded list, each read at most once, none trusted.

A repository may be hostile or merely large: links are not followed, so no loop is walked; a file that is too large or
is not text is not read, and that is said.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from stead.model.git import git

LARGEST = 2_000_000  # bytes of a file that is read
MOST = 50_000  # files
CACHE_BYTES = 64_000_000  # bytes of texts that are kept for the next rule that asks; later ones are read again
ENOUGH = 2_000_000_000  # bytes that one check reads
FOREIGN = b"dubious ownership"  # the words of git about a repository that belongs to another user
FORGES = frozenset({".github", ".gitlab"})
PLACES = (":(top).github", ":(top).gitlab", ":(top,glob).gitlab-ci*")  # pathspecs of git's
# Folders whose files are examples or experiments, and which nothing runs.
SAMPLES = frozenset({"test", "tests", "e2e", "example", "examples", "docs", "fixtures", "testdata", ".devcontainer"})
PASSED_OVER = frozenset({".git", ".stead", ".venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"})


class Tree:
    """The files below a folder: those that git tracks or would track, or all where there is no git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes: list[str] = []  # what was left out, for a person to read
        self.leaving: list[Path] = []  # links that lead out of the repository are not followed
        self.binary: set[Path] = set()  # files that were asked for as text and are not text
        self._texts: dict[Path, str | None] = {}
        self._read_so_far = 0  # bytes

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Absolute paths, sorted."""
        found = sorted(self._listed())
        if len(found) > MOST:
            self.notes.append(f"{self.root} has {len(found)} files; the first {MOST} were read")
        return tuple(found[:MOST])

    @cached_property
    def known(self) -> frozenset[Path]:
        return frozenset(self.files)

    @cached_property
    def named_exactly(self) -> dict[str, Path]:
        """The files by their whole names: a text is found ten times as fast as a Path."""
        return {str(path): path for path in self.files}

    def is_sample(self, path: Path) -> bool:
        """Return whether a file is of tests, examples or documents, or of an editor's container."""
        return path.is_relative_to(self.root) and not SAMPLES.isdisjoint(path.relative_to(self.root).parts[:-1])

    def below(self, folder: Path) -> tuple[Path, ...]:
        """Return the files anywhere below a folder, sorted."""
        return tuple(self._below.get(str(folder), ()))

    @cached_property
    def _below(self) -> dict[str, list[Path]]:
        """Made once for all folders: a thousand services ask, each for its own."""
        found: dict[str, list[Path]] = {}
        top = str(self.root)
        for path in self.files:
            folder = os.path.dirname(path)  # noqa: PTH120 - ten times as fast as a Path's parents
            while len(folder) >= len(top):
                found.setdefault(folder, []).append(path)
                folder = os.path.dirname(folder)  # noqa: PTH120
        return found

    @cached_property
    def tracked(self) -> bool:
        return self._git("rev-parse", "--is-inside-work-tree").strip() == "true"

    @cached_property
    def top(self) -> Path:
        """The top of the repository; the root itself where there is none."""
        output = self._git("rev-parse", "--show-toplevel").strip() if self.tracked else ""
        return Path(output) if output else self.root

    @cached_property
    def forge_files(self) -> tuple[Path, ...]:
        """The files of forges: those of the tree, and those at the repository's top, which lie outside of it."""
        own = [path for path in self.files if path.name.startswith(".gitlab-ci") or FORGES & set(path.parts)]
        if self.top == self.root:
            return tuple(own)
        names = self._git("ls-files", "--cached", "--others", "--exclude-standard", "--full-name", "-z", *PLACES)
        above = (self.top / name for name in names.split("\0") if name)
        return tuple(dict.fromkeys((*own, *sorted(path for path in above if os.path.lexists(path)))))

    @cached_property
    def modes(self) -> dict[Path, str]:
        """What git has of each tracked file: `100644`, `100755` for one that may be run, `120000` for a link."""
        entries = self._git("ls-files", "--stage", "-z").split("\0") if self.tracked else ()
        return {self.root / entry.partition("\t")[2]: entry[:6] for entry in entries if entry}

    def ignored(self, paths: Sequence[str]) -> frozenset[str]:
        """Return those of the paths, relative to the root, that git ignores."""
        if not paths or not self.tracked:
            return frozenset()
        output = self._git("check-ignore", "--stdin", "-z", "--no-index", stdin="\0".join(paths))
        return frozenset(filter(None, output.split("\0")))

    def named(self, *names: str) -> Iterator[Path]:
        """Yield the files of these names, or with these endings where a name starts with a dot and a star: `*.md`."""
        endings = tuple(name[1:] for name in names if name.startswith("*"))
        found = {name for name in names if name in self._by_name}
        found |= {name for name in self._by_name if name.endswith(endings)} if endings else set()
        numbered = sorted(each for name in found for each in self._by_name[name])
        yield from (self.files[number] for number in numbered)

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """The numbers of the files by their names: a hundred rules ask, and most names are there many times."""
        found: dict[str, list[int]] = {}
        for number, path in enumerate(self.named_exactly):
            found.setdefault(path.rpartition("/")[2], []).append(number)
        return found

    def text(self, path: Path) -> str | None:
        """Return a file's text; None when it is not text, too large, gone, or a link."""
        if path in self._texts:
            return self._texts[path]
        found = self._read(path)
        if found is None or self._read_so_far <= CACHE_BYTES:
            self._texts[path] = found
        return found

    def _read(self, path: Path) -> str | None:
        try:
            status = path.lstat()
            if not S_ISREG(status.st_mode):
                return None
            if status.st_size > LARGEST:
                self.notes.append(f"{path} was not read: it has {status.st_size:,} bytes")
                return None
            if self._read_so_far > ENOUGH:
                self.notes.append(f"{path} was not read: {ENOUGH:,} bytes of others were")
                return None
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self.notes.append(f"{path} was not read: {error.strerror}")
            return None
        self._read_so_far += len(content)
        if b"\0" in content:
            self.binary.add(path)
            return None
        return content.decode("utf-8", errors="replace")

    def _listed(self) -> Iterator[Path]:
        if self.tracked:
            names = self._git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
            own = (name for name in names if name and PASSED_OVER.isdisjoint(name.split("/")))
            return (path for name in own if self._is_there(path := self.root / name))  # not yet removed
        return self._walked()

    def _walked(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.root, followlinks=False):
            folders[:] = [name for name in folders if name not in PASSED_OVER]
            links = [name for name in folders if Path(folder, name).is_symlink()]  # as git lists them
            own = (Path(folder) / name for name in (*names, *links) if name not in PASSED_OVER)
            yield from (path for path in own if self._is_there(path))

    def _is_there(self, path: Path) -> bool:
        """Return whether a file is on the disk; of a link, that is the link itself."""
        try:
            status = os.lstat(path)
        except OSError:
            return False
        if S_ISLNK(status.st_mode) and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.top)):
            self.leaving.append(path)
        return True

    def _git(self, *words: str, stdin: str = "") -> str:
        done = git(self.root, *words, given=stdin.encode(errors="surrogateescape"))
        if FOREIGN in done.stderr:
            self.notes.append(
                f"git was not used: {self.root} belongs to another user; make it yours, or name it in "
                "safe.directory of your own git configuration"
            )
        return done.stdout.decode(errors="surrogateescape") if done.returncode == 0 else ""
