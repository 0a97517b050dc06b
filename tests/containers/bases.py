"""Base images of languages, made of Debian's packages; and of SeaweedFS, which no package index has."""

import os
import re
import shutil
from pathlib import Path

from containers.docking import IMAGES, built

PACKAGES = {
    "node": "nodejs npm",
    "go": "golang-go",
    "java": "openjdk-17-jdk-headless",
    "ruby": "ruby",
}
VARIABLES = {f"{kind.upper()}_BASE": f"stead-test/{kind}:1" for kind in PACKAGES} | {
    "JDK_BASE": "stead-test/java:1",
    "DOCKER_BUILDKIT": "1",
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
WEED = os.environ.get("WEED_BIN") or shutil.which("weed")
NO_WEED = "weed is missing: name the program of SeaweedFS, WEED_BIN=…" if WEED is None else ""


def unmade(kind):
    """Make the image of a language; where Debian's packages cannot be had, return what apt says."""
    try:
        if kind in PACKAGES:
            words = ("--build-arg", f"PACKAGES={PACKAGES[kind]}")
            built(f"stead-test/{kind}:1", IMAGES / "language.Dockerfile", [], *words)
    except AssertionError as error:
        if said := re.search(r"E: .*", COLOUR.sub("", str(error))):
            return f"no image of {kind} can be made: {said[0]}"
        raise
    return ""


def seaweedfs():
    """Make the image of SeaweedFS, and return the variable by which Compose takes it."""
    return {"S3_IMAGE": built("stead-test/seaweedfs:1", IMAGES / "seaweedfs.Dockerfile", [Path(WEED)])}
