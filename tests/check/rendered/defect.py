"""A defect in a rendered file, and where it must be found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Defect:
    """One text of a file below `deploy/` is another, and the check finds it.

    within  what stands before the changed text, such as the service that it belongs to
    found   the rules that find it, each with a text of the line at which it does; `file` before a `|`, where the line
            is in another file than the changed one. An empty text is the file's first line
    """

    file: str
    before: str
    after: str
    found: Mapping[str, str]
    within: str = ""
    backend: str = "rewards"

    def spoiled(self, text: str) -> str:
        start = _after(text, self.within)
        place = text.index(self.before, start)
        return text[:place] + self.after + text[place + len(self.before) :]

    def places(self, read: Callable[[str], str]) -> list[tuple[str, int, str]]:
        """Return where the check must find it: `(file, line, code)`; `read` gives the texts as they are now."""
        return sorted(self._place(read, code.partition(" ")[0], where) for code, where in self.found.items())

    def _place(self, read: Callable[[str], str], code: str, where: str) -> tuple[str, int, str]:
        file, _, text = where.rpartition("|")
        whole = read(file or self.file)
        at = whole.index(text, 0 if file else _after(whole, self.within) - len(self.within)) if text else 0
        return f"deploy/{file or self.file}", whole.count("\n", 0, at) + 1, code


def _after(text: str, within: str) -> int:
    return text.index(within) + len(within) if within else 0


def without_first_line(path: Path) -> None:
    """Take the line of the mark away: the file is the user's own now. In JSON it stands below the brace."""
    lines = path.read_text().splitlines(keepends=True)
    del lines[1 if path.suffix == ".json" else 0]
    path.write_text("".join(lines))
