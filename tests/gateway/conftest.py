"""One Envoy and one agent for all tests of the gateway that need nothing special of them."""

import pytest

from gateway.edge import an_edge


@pytest.fixture(scope="session")
def edge():
    with an_edge() as running:
        yield running


@pytest.fixture(scope="module")
def soon():
    """In front of a program, a request has to be there within a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stead.gateway.traffic.USUAL", 1.0)
        patch.setattr("stead.gateway.proxy.outbound.USUAL", 1.0)
        yield
