"""The repository of a backend: its top, and the owners of marked files there.

Most rendered files lie below the backend's own `deploy/`. A forge reads its own only at the repository's top, where
several backends meet: each marks its files with the path of its backend.py, so that none removes another's. A file that
every backend of a repository writes alike is marked with none.
"""

import posixpath
from dataclasses import dataclass

from stead.model import Backend
from stead.render.header import DESCRIPTION

PLACES = (".github", ".gitlab", ".gitlab-ci.yml")  # what is written there, and where orphans are looked for


@dataclass(frozen=True, slots=True)
class RepositoryRoot:
    """`path` of the repository's top from the backend's folder, and `source`, the backend.py from that top."""

    path: str
    source: str

    def file(self, path: str) -> str:
        """Return a path below the top as the backend's folder sees it."""
        return posixpath.normpath(posixpath.join(self.path, path))

    def place(self, path: str) -> str:
        """Return a path that the backend's folder sees as it is below the top."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.source) or ".", path))


def repository_root(backend: Backend) -> RepositoryRoot:
    """Return the described layout: the project's folder in the repository, and the backend's in the project."""
    project = backend.pipelines[0].project if backend.pipelines else "."
    folder = posixpath.normpath(posixpath.join(project, backend.folder))
    return RepositoryRoot(posixpath.relpath(".", folder), posixpath.normpath(posixpath.join(folder, DESCRIPTION)))
