"""Images for machines without a registry, made of Debian's packages and of what this project has installed.

    make test-containers

They stand in through the build arguments and the variables of the rendered files, which is what those are for. A file
of tests here is named `in_docker_….py`, so that no other run of the tests takes minutes for it.
"""

import os
from pathlib import Path

import pytest

from containers.docking import CONTENTS, IMAGES, VARIABLES, built, debian, docker, in_a_copy, missing


def pytest_collection_modifyitems(items):
    """Without a daemon nothing here can be: say so of each test, once."""
    why = missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=why) if why else pytest.mark.timeout(1800))  # images are built


@pytest.fixture(scope="session")
def bare():
    """A small Debian, of which the other stand-ins are made; made once for a daemon."""
    if not docker("images", "--quiet", "stead-test/debian"):
        debian()
    docker("tag", "stead-test/debian", "stead-test/debian:1")
    return "stead-test/debian:1"


@pytest.fixture(scope="session")
def images(bare):
    """The stand-ins, and the environment in which Compose takes them; made once for a daemon."""
    for name, files in CONTENTS.items():
        built(f"stead-test/{name}:1", IMAGES / f"{name}.Dockerfile", files)
    return {**os.environ, **VARIABLES}


@pytest.fixture(scope="session")
def rewards(images):
    """The rewards backend in a copy of this project, rendered, with its secrets made and its image built."""
    with in_a_copy("rewards", images) as folder:
        yield folder
