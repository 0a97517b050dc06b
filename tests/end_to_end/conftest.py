"""A whole backend that runs: the real command line, PostgreSQL, Envoy and services, in a folder of its own."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from stead.testing.backend import Live, copied

BACKENDS = Path(__file__).parents[2] / "backends"


@contextmanager
def live(name, *words):
    folder = copied(BACKENDS / name, Path(tempfile.mkdtemp(prefix=f"stead-{name}-")))
    backend = Live(folder)
    try:
        backend.stead("up", "-d", "--port", "0", *words)
        yield backend
    finally:
        backend.stead("down")
        shutil.rmtree(folder.parent)


@pytest.fixture(scope="session")
def polyglot():
    """The backend whose services are programs in Node, Go, Java and, where it is installed, Ruby; an app of FastAPI."""
    missing = [name for name in ("node", "go", "java") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    words = () if shutil.which("ruby") else ("--without", "labels")
    with live("polyglot", *words) as backend:
        yield backend


@pytest.fixture(scope="session")
def rewards():
    """The rewards backend, running for as long as the tests need it."""
    os.environ.pop("DATABASE_URL", None)
    with live("rewards") as backend:
        yield backend
