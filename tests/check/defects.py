"""What a defect is made with."""

from collections.abc import Callable
from pathlib import Path

Spoil = Callable[[Path], dict[str, object] | None]


def change(name: str, before: str, after: str) -> Spoil:
    """Return a defect: one text of a file is another."""

    def spoil(root: Path) -> None:
        file = root / name
        text = file.read_text()
        assert text.count(before) == 1, f"{name} has {before!r} {text.count(before)} times"
        file.write_text(text.replace(before, after))

    return spoil


def write(name: str, text: str) -> Spoil:
    """Return a defect: a file that should not be there, or not like this."""

    def spoil(root: Path) -> None:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return spoil


def among(files: dict[str, str], name: str, before: str, after: str) -> Spoil:
    """Return a defect: files beside the others, and one text of one of them is another."""
    return both(*(write(each, text) for each, text in files.items()), change(name, before, after))


def becomes(name: str, text: str, before: str, after: str) -> Spoil:
    """Return a defect: a file beside the others, of which one text is another."""
    return among({name: text}, name, before, after)


def remove(name: str) -> Spoil:
    """Return a defect: a file is gone."""
    return lambda root: (root / name).unlink()


def both(*spoils: Spoil) -> Spoil:
    """Return a defect that takes several steps; what the last one gives is given."""

    def spoil(root: Path) -> dict[str, object] | None:
        given: dict[str, object] | None = None
        for each in spoils:
            given = each(root) or given
        return given

    return spoil


SERVICES = ("orders", "stock", "mail", "wishes")


def running(*, without: tuple[str, ...] = (), **changed: dict[str, object]) -> Spoil:
    """Return a defect of a shop that runs: services that do not, keys that they say, paths that they answer."""
    answers = {name: _answers(name, changed.get(name, {})) for name in SERVICES if name not in without}
    return lambda _: {"answers": answers, "version": "7"}


def _answers(name: str, changed: dict[str, object]) -> dict[str, object]:
    said = {"service": name, "env": "prod", "status": "ok", "version": "7"}
    said |= {key: value for key, value in changed.items() if not key.startswith("/")}
    own = {path: answer for path, answer in changed.items() if path.startswith("/")}
    return {"/health": [200, said], "/version": [200, said]} | own
