"""The service whose image could not be built, as each version of Compose names it."""

import pytest

from stead.ops.ship.images import failed_service

STEP = """#17 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
------
 > [clock build 2/4] RUN make:
0.591 the small hand is missing
------
"""


@pytest.mark.parametrize(
    ("output", "service"),
    [
        (f"{STEP}target bell: failed to solve: exit code: 2", "bell"),
        (f"{STEP}failed to solve: exit code: 2", "clock"),
        ("target clock: failed to solve: dockerfile parse error on line 3", "clock"),
        (" > [internal] load metadata for docker.io/library/none:1:\nfailed to solve: not found", ""),
    ],
)
def test_the_service_of_a_build_that_failed_is_named(output, service):
    assert failed_service(output) == service
