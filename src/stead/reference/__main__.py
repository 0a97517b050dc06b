"""Write the reference of `backend.py`, or name what is out of date.

python -m stead.reference           write docs/reference
python -m stead.reference --check   compare, and name the pages that differ
"""

import sys
from pathlib import Path

from stead.reference.page import PAGES, REPOSITORY, pages


def stale() -> list[str]:
    """Return the pages that differ from what the code generates, and those that no noun has."""
    wanted, there = pages(), set(PAGES.glob("*.md"))
    differ = [path for path, text in wanted.items() if path not in there or path.read_text() != text]
    return sorted(str(path.relative_to(REPOSITORY)) for path in {*differ, *(there - set(wanted))})


def write(wanted: dict[Path, str]) -> None:
    """Write every page, and remove those that no noun has."""
    for path in set(PAGES.glob("*.md")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text)


def main(words: list[str]) -> int:
    if "--check" not in words:
        write(pages())
        return 0
    differ = stale()
    sys.stdout.write("".join(f"{name} is out of date: run make reference\n" for name in differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
