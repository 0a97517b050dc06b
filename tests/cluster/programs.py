"""The programs of a cluster: from `CLUSTER_BIN`, or packed beside the checkout; else what is missing is said."""

import lzma
import os
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest

TOOL = Path(os.environ.get("CLUSTER_TOOL") or Path(__file__).parents[3] / "shared/tools/cluster/cluster")
PACKED = TOOL.parent / "bin"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stead-cluster"


@cache
def program(name):
    """Return the path of a program; skip the test where it cannot be had, and say how it can."""
    given = os.environ.get("CLUSTER_BIN")
    for folder in (given, CACHE, Path(sys.executable).parent):
        if folder and (Path(folder) / name).is_file():
            return str(Path(folder) / name)
    if (PACKED / f"{name}.xz").is_file():
        return str(unpacked(name))
    if found := shutil.which(name):
        return found
    pytest.skip(f"{name} is missing: name a folder that has it, CLUSTER_BIN=…, or build it from k8s.io/kubernetes")


def unpacked(name):
    CACHE.mkdir(parents=True, exist_ok=True)
    fresh = CACHE / f".{name}.{os.getpid()}"
    with lzma.open(PACKED / f"{name}.xz") as source, fresh.open("wb") as target:
        shutil.copyfileobj(source, target)
    fresh.chmod(0o755)
    fresh.replace(CACHE / name)
    return CACHE / name
