"""A temporary PostgreSQL that ends with this process, even when it is killed; its data is removed.

A shell waits for the end of a pipe that only this process holds. Otherwise the server would go on, and a drill's server
would keep decrypted data.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stead.run.postgres import Cluster
from stead.run.postgres.lock import Holder

# A server that has ended is still there for `kill -0` where nobody takes its exit status, as in a container without an
# init: its own file tells, which it removes last.
WAIT = (
    'read -r _; kill -INT "$0" && while kill -0 "$0" && test -e "$2"; do sleep 0.1; done; test -z "$1" || rm -rf "$1"'
)


@contextmanager
def ended_with_us(cluster: Cluster, remove: Path | None = None) -> Iterator[None]:
    """Run a server during the block; when this process is killed, the server ends, too."""
    cluster.start()
    holder = Holder.of(cluster.data)
    assert holder
    command = ["sh", "-c", WAIT, str(holder.pid), str(remove or ""), str(cluster.data / "postmaster.pid")]
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as waiting:
            try:
                yield
            finally:
                waiting.kill()
    finally:
        cluster.stop()
