"""Drain: stop accepting connections in an Envoy, and wait for its open requests before the stop signal.

Envoy ends immediately after a stop signal, and breaks open requests. So the admin address is used first: to close the
listener, then to poll the number of open requests.

`script` does the same in a container of Envoy's own image, which has bash and little else; it has the seconds that its
slowest route takes. Before that it fails Envoy's health check: from then on each answer says `Connection: close`, so
that peers close kept-alive connections, and no request arrives on a closing one. It waits 3 seconds; a peer with rarer
requests finds its idle connection closed, and opens another.
"""

import asyncio
import re
from contextlib import suppress

LEAVE = "/healthcheck/fail"
CLOSE = "/drain_listeners"
EDGE = "edge"  # the prefix of the statistics of every listener that is drained
ACTIVE = f"/stats?filter=^http.{EDGE}.downstream_rq_active$"
CONNECTED = f"/stats?filter=^http.{EDGE}.downstream_cx_active$"
PAUSE = 0.05  # seconds between two looks
LEAVING = 3  # seconds in which clients stop using it
ADMIN = 9901  # the port of the operator's address in a container, on its loopback only

_COUNT = re.compile(rb"downstream_rq_active: (\d+)")

_SCRIPT = f"""\
ask() (
  exec 3<>/dev/tcp/127.0.0.1/{ADMIN}
  printf '%s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n' "$1" >&3
  IFS= read -r -d '' -t 2 -u 3 answer
  printf '%s' "$answer"
)
await_none() {{
  for ((look = 0; look < $2; look++)); do
    [[ $(ask "GET $1") == *'active: 0'* ]] && break
    sleep 0.1
  done
}}
drain() {{
  ask 'POST {LEAVE}' >/dev/null
  await_none '{CONNECTED}' {LEAVING * 10}
  ask 'POST {CLOSE}' >/dev/null
  await_none '{ACTIVE}' @LOOKS@
  kill -TERM "$envoy"
}}
trap drain TERM INT
/usr/local/bin/envoy "$@" &
envoy=$!
wait "$envoy"
status=$?
if kill -0 "$envoy" 2>/dev/null; then wait "$envoy"; status=$?; fi
exit "$status"
"""


def script(seconds: int) -> str:
    """Return the script that starts Envoy, and gives it `seconds` for open requests after a stop signal."""
    return _SCRIPT.replace("@LOOKS@", str((seconds - LEAVING) * 10))


async def drain(socket: str, seconds: float) -> None:
    """Close the listener of the Envoy whose operator's socket this is, and wait for its answers, `seconds` at most."""
    with suppress(OSError, TimeoutError):  # an Envoy that has ended, or hangs, has none to give
        async with asyncio.timeout(seconds):
            await _request(socket, "POST", CLOSE)
            while _active_requests(await _request(socket, "GET", ACTIVE)):  # noqa: ASYNC110 - it tells nobody when it is done
                await asyncio.sleep(PAUSE)


async def _request(socket: str, method: str, path: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(socket)
    try:
        request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        writer.write(request.encode())
        return await reader.read()
    finally:
        writer.close()


def _active_requests(answer: bytes) -> int:
    found = _COUNT.search(answer)
    return int(found[1]) if found else 0
