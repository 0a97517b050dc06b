"""A service of your own: the same folder that each service of the shelf has, and a test."""

from stead.scaffold.naming import OwnService
from stead.scaffold.substitution import filled

TEST = "test.py"


def service_files(own: OwnService) -> dict[str, str]:
    """Return the files of a service, by their path in the backend's folder."""
    texts = filled("service", own.words)
    test = {f"tests/test_{own.package}.py": texts.pop(TEST)}
    return {**{f"{own.package}/{path}": text for path, text in texts.items()}, **test}
