"""Disagreement: two files that say another thing of one process. The first one counts; both are named."""

from collections.abc import Collection, Iterator

from stead.adopt.process import Process


def disagreements(process: Process, settings: Collection[str]) -> Iterator[str]:
    """Yield what cannot be told of a process because its files differ: its image, and the values of its settings."""
    images = {part.image: part.file for part in reversed(process.parts) if part.image}
    if process.image and len(images) > 1 and not process.build:
        yield f"which image it runs: {_both(process.image, images)}"
    differing = [f"{name} ({found})" for name in settings if (found := _values(process, name))]
    if differing:
        yield f"which values hold in all environments: {', '.join(differing)}"


def _values(process: Process, name: str) -> str:
    """Return the values of a setting with their files; empty where all files that give one agree."""
    given = [part.values[name] for part in reversed(process.parts) if name in part.values and not part.only]
    texts = {value.text: value.file for value in given if value.text and not value.secret}
    first = next((value.text for value in reversed(given) if value.text), "")
    return _both(first, texts) if first and len(texts) > 1 else ""


def _both(first: str, files: dict[str, str]) -> str:
    """Return two values, the one that counts first, each with the file that has it."""
    other = next(text for text in files if text != first)
    return f"{files[first]} says {first}, {files[other]} says {other}"
