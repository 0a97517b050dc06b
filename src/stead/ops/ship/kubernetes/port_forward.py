"""Forward a free port of the loopback to a Service, by kubectl."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from stead.ops.ship.error import CommandError
from stead.ops.ship.interrupt import held_back
from stead.ops.ship.kubernetes.kubectl import Kubectl, program

FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
SECONDS = 20
STOPPING = 5


@contextmanager
def forwarded(kubectl: Kubectl, service: str, port: int) -> Iterator[str]:
    """Yield the forwarded URL of a Service; CommandError when kubectl cannot forward."""
    chosen = (f"--context={kubectl.context}",) if kubectl.context else ()
    words = ["port-forward", "--address=127.0.0.1", f"service/{service}", f":{port}"]
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = None
        try:
            with output.open("wb") as stream, held_back():
                process = subprocess.Popen(
                    [program(), *chosen, f"--namespace={kubectl.namespace}", *words], stdout=stream, stderr=stream
                )
            yield f"http://127.0.0.1:{_port(process, output)}"
        finally:
            if process:
                _stop(process)


def _port(process: "subprocess.Popen[bytes]", output: Path) -> int:
    end = time.monotonic() + SECONDS
    while not (found := FORWARDING.search(output.read_text(errors="replace"))):
        if process.poll() is not None or time.monotonic() > end:
            raise CommandError("kubectl port-forward", process.poll() or 1, output.read_text(errors="replace"))
        time.sleep(0.1)
    return int(found[1])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
