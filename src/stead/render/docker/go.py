"""Convert `go run` to the `go build` of the same program, and its arguments.

https://pkg.go.dev/cmd/go: `go run [build flags] package [arguments...]`, where the package may be some .go files.
"""

from itertools import takewhile

# Flags whose value may be the next word; of the others it is part of the flag's own.
_WITH_VALUE = frozenset((
    "asmflags", "buildmode", "C", "compiler", "covermode", "coverpkg", "gccgoflags", "gcflags", "installsuffix",
    "ldflags", "mod", "modfile", "overlay", "p", "pgo", "pkgdir", "tags", "toolexec",
))  # fmt: skip


def built(command: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of `go build`, flags and package, and the arguments of the program."""
    words = command[2:] if command[1:2] == ("run",) else command[1:]
    first = _flags(words)
    files = list(takewhile(lambda word: word.endswith(".go"), words[first:]))
    end = first + max(len(files), 1)
    return (*words[:first], *(words[first:end] or (".",))), words[end:]


def _flags(words: tuple[str, ...]) -> int:
    """Return how many of the first words are flags and their values."""
    count = 0
    while count < len(words) and words[count].startswith("-"):
        count += 2 if words[count].lstrip("-") in _WITH_VALUE else 1
    return count
