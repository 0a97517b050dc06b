"""Serve the buckets of a folder: `python -m stead.run.s3 FOLDER PORT`."""

import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from stead.run.port import HOST
from stead.run.s3.accounts import Accounts
from stead.run.s3.http_handler import handler_of
from stead.run.s3.protocol import Protocol


def main(folder: Path, port: int) -> None:
    accounts = Accounts(folder)
    protocol = Protocol(accounts.buckets, accounts.account)
    with ThreadingHTTPServer((HOST, port), handler_of(protocol.answer)) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
