"""One Envoy and one agent for all tests of the gateway that need nothing special of them."""

import pytest

from gateway.edge import an_edge


@pytest.fixture(scope="session")
def edge():
    with an_edge() as running:
        yield running
