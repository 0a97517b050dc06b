"""A new backend: one service of its own, one from the shelf, a gateway, a story, tests."""

from stead.scaffold.naming import OwnService, label
from stead.scaffold.service import service_files
from stead.scaffold.substitution import filled

NOTES = OwnService("notes", "note")
PLACES = {"gitignore": ".gitignore", "test_backend.py": "tests/test_backend.py"}


def backend_files(name: str, version: str) -> dict[str, str]:
    """Return the files of a new backend by their path in its folder; NamingError when the name is not a DNS label."""
    words = {"name": label(name, "backend"), "Title": name.replace("-", " ").capitalize(), "version": version}
    own = {PLACES.get(path, path): text for path, text in filled("backend", words).items()}
    return {**own, **service_files(NOTES)}
