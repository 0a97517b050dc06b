"""The images of a version: built in development, and elsewhere pulled, by digest."""

import re

from stead.ops.ship.commands import Compose
from stead.ops.ship.error import CommandError, ShipError, indented
from stead.ops.ship.runner import Runner

# How a build that failed names its service: at the end, or, before Compose 2.37, only at the step that failed.
FAILED = (re.compile(r"^target ([\w.-]+): ", re.MULTILINE), re.compile(r"^ > \[(?!internal\])([\w.-]+) ", re.MULTILINE))


def build(runner: Runner, compose: Compose) -> None:
    """Build all images; ShipError with the service and the last output of a build that fails."""
    try:
        runner.run("docker compose build", compose.build())
    except CommandError as error:
        service = failed_service(error.output)
        if not service:
            raise
        title = f"the image of {service} cannot be built; the last output of docker compose build"
        raise ShipError("\n".join([title, *indented(error.output)])) from None


def pull(runner: Runner, compose: Compose) -> None:
    """Pull what is not here yet; CommandError, with the names of the images, when one cannot be had."""
    named = [f"{name}={image}" for name, image in compose.variables.items() if name != "VERSION"]
    runner.run(" ".join(["docker compose pull", *named]), compose.pull())


def failed_service(output: str) -> str:
    """Return the service whose image could not be built; empty where the output names none."""
    found = (pattern.search(output) for pattern in FAILED)
    return next((match[1] for match in found if match), "")
