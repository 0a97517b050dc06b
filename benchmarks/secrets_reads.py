"""Bench (g): secrets read a second from the service's cache, against the framework alone with an empty handler."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks import gateway as envoys
from benchmarks.row import Row
from benchmarks.sessions import CLIENTS, ROUNDS, _bare, _process
from stead.kit.caller import mint
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key

PATH = "/v1/secrets/KEY"
NO_WRK = "secrets: install wrk (apt install wrk, brew install wrk)"


def measure(seconds: float = 5.0) -> list[Row]:
    """Return the rows; both are asked for `seconds` in each round."""
    if not shutil.which("wrk"):
        return [Row(NO_WRK)]
    folder = Path(tempfile.mkdtemp(prefix="stead-bench-"))
    try:
        with ExitStack() as stack:
            private = new_private_key("game")
            service, bare = stack.enter_context(_service(folder, private)), stack.enter_context(_bare(folder))
            token = mint(signing_key(private), "game", "secrets", ("read", "read:KEY"), now=time.time())
            found = [(_wrk(bare, token, seconds), _wrk(service, token, seconds)) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    ratio = median(ours / peer for peer, ours in found)
    return [
        Row("the framework alone, an empty handler", median(peer for peer, _ in found), "1/s"),
        Row("secrets read from the cache", median(ours for _, ours in found), "1/s", ratio, 0.4),
    ]


def _wrk(port: int, token: str, seconds: float) -> float:
    how = ("-t", "1", "-c", str(CLIENTS), "-d", f"{max(1, round(seconds))}s", "-H", f"X-Service-Token: Bearer {token}")
    command = ["wrk", *how, f"http://127.0.0.1:{port}{PATH}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])


@contextmanager
def _service(folder: Path, private: str) -> Iterator[int]:
    port = envoys._free()
    environ = {
        "PATH": os.environ["PATH"],
        "SERVICE_NAME": "secrets",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "KEY": "a value",
        "SERVICE_JWT_KEYS": jwk_set({"game": public_jwk(private, "game", ("read", "read:KEY"))}),
    }
    words = [sys.executable, "-m", "stead.kit.serve", "stead.services.secrets.app:create"]
    with _process(folder, "secrets", words, environ):
        envoys._until(lambda: envoys._listens(port))
        yield port
