"""An S3 server in a folder: its buckets, its access keys, its process."""

import signal
import socket
import sys
from contextlib import suppress
from urllib.parse import quote

from stead.model import SteadError
from stead.run.embedded_server import EmbeddedServer, Program
from stead.run.port import HOST
from stead.run.s3 import accounts


class S3Error(SteadError):
    """The embedded S3 server cannot start."""


class Server(EmbeddedServer):
    """One server: `folder/data`, `folder/accounts.json` (0600) and `folder/s3.log`."""

    name = "The S3 server"
    log_name = "s3.log"
    error = S3Error
    stops = (signal.SIGTERM, signal.SIGKILL)

    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def prepare(self) -> Program:
        """Make the folder when there is none, and return the server's program."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.choose_port()
        return Program((sys.executable, "-m", "stead.run.s3", str(self.folder), str(self.port)))

    def is_ready(self) -> bool:
        with suppress(OSError):
            socket.create_connection((HOST, self.port), 1).close()
            return True
        return False

    def clear(self) -> None:
        """Nothing is left by a server that has ended."""

    def erase(self, bucket: str) -> None:
        """Delete every object of a bucket."""
        accounts.erase(self.folder, bucket)

    def bucket_url(self, bucket: str, secret: str, *others: str) -> str:
        """Create a bucket if it does not exist, and return its URL for a service; `others` are further valid
        secrets.
        """
        accounts.add(self.folder, bucket, (secret, *others))
        return f"s3://{quote(bucket)}:{quote(secret, safe='')}@{HOST}:{self.port}/{bucket}"
