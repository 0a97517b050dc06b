"""Write the reference of `backend.py` and the protocol's test vectors, or name what is out of date.

python -m stead.reference           write docs/reference and docs/protocol-vectors.json
python -m stead.reference --check   compare, and name the files that differ
"""

import sys
from pathlib import Path

from stead.reference import vectors
from stead.reference.page import PAGES, REPOSITORY, pages

VECTORS = REPOSITORY / "docs" / "protocol-vectors.json"


def generated() -> dict[Path, str]:
    """Return every file that is made of the code, by its path."""
    return pages() | {VECTORS: vectors.text()}


def stale() -> list[str]:
    """Return the files that differ from what the code generates, and the pages that no noun has."""
    expected, there = generated(), set(PAGES.glob("*.md"))
    differ = [path for path, text in expected.items() if not path.exists() or path.read_text() != text]
    return sorted(str(path.relative_to(REPOSITORY)) for path in {*differ, *(there - set(expected))})


def write(pages: dict[Path, str]) -> None:
    """Write every file, and remove the pages that no noun has."""
    for path in set(PAGES.glob("*.md")) - set(pages):
        path.unlink()
    for path, text in pages.items():
        path.write_text(text)


def main(words: list[str]) -> int:
    if "--check" not in words:
        write(generated())
        return 0
    differ = stale()
    sys.stdout.write("".join(f"{name} is out of date: run make reference\n" for name in differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
