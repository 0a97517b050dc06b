"""Health checks of containers: commands with programs that the image already has.

Each requests the health contract's path on the loopback, and exits with 0 after a 200.
"""

from stead.gateway import grpc_health
from stead.render.docker.image_kind import PORT, Kind

_PYTHON = "import urllib.request as r; r.urlopen('http://127.0.0.1:{port}{path}', timeout=2)"
_NODE = (
    "fetch('http://127.0.0.1:{port}{path}', {{signal: AbortSignal.timeout(2000)}})"
    ".then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))"
)
# Bash opens a connection by itself; neither curl nor wget is in these images.
_BASH = (
    "exec 3<>/dev/tcp/127.0.0.1/{port} && "
    "printf 'GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && "
    "read -r line <&3 && [[ $line == HTTP/1.?' 200'* ]]"
)


_TCP_PYTHON = "import socket; socket.create_connection(('127.0.0.1', {port}), 2).close()"
_TCP_NODE = (
    "const s = require('node:net').connect({port}, '127.0.0.1', () => process.exit(0)); "
    "s.on('error', () => process.exit(1)); setTimeout(() => process.exit(1), 2000)"
)


# What is sent and what has to come back are bytes of `stead.gateway.grpc_health`, in hexadecimal.
_GRPC_PYTHON = (
    "import socket; s = socket.create_connection(('127.0.0.1', {port}), 2); s.sendall(bytes.fromhex('{request}')); "
    "found = b''\nwhile bytes.fromhex('{serving}') not in found: found += s.recv(4096) or exit(1)"
)
_GRPC_NODE = (
    "let found = ''; const s = require('node:net').connect({port}, '127.0.0.1'); s.write('{request}', 'hex'); "
    "s.on('data', part => {{ found += part.toString('hex'); if (found.includes('{serving}')) process.exit(0) }}); "
    "s.on('error', () => process.exit(1)); s.on('end', () => process.exit(1)); "
    "setTimeout(() => process.exit(1), 2000)"
)
# Bash reads no zero bytes: what is left of the answer is 2, 8, 1, and 8 is where it stops reading.
_GRPC_BASH = (
    "exec 3<>/dev/tcp/127.0.0.1/{port} && printf '{request}' >&3 && export LC_ALL=C; "
    "while IFS= read -r -t 2 -d $'\b' before <&3; do IFS= read -r -t 2 -n 1 status <&3; "
    "[[ $before == *$'\x02' && $status == $'\x01' ]] && exit 0; done; exit 1"
)


def asking_grpc(kind: Kind, port: int = PORT) -> tuple[str, ...]:
    """Return the command that exits with 0 when gRPC's health check reports SERVING, for a kind of image."""
    request, serving = grpc_health.request(), grpc_health.SERVING.hex()
    if kind == "python":
        return ("python", "-P", "-c", _GRPC_PYTHON.format(port=port, request=request.hex(), serving=serving))
    if kind == "node":
        return ("node", "-e", _GRPC_NODE.format(port=port, request=request.hex(), serving=serving))
    return ("bash", "-c", _GRPC_BASH.format(port=port, request="".join(f"\\x{byte:02x}" for byte in request)))


def connecting(kind: Kind, port: int = PORT) -> tuple[str, ...]:
    """Return the command that exits with 0 when a port accepts a connection, for a kind of image."""
    if kind == "python":
        return ("python", "-P", "-c", _TCP_PYTHON.format(port=port))
    if kind == "node":
        return ("node", "-e", _TCP_NODE.format(port=port))
    return ("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}")


def probe_command(kind: Kind, path: str, port: int = PORT) -> tuple[str, ...]:
    """Return the words for an image of that kind."""
    if kind == "python":
        return ("python", "-P", "-c", _PYTHON.format(port=port, path=path))
    if kind == "node":
        return ("node", "-e", _NODE.format(port=port, path=path))
    return ("bash", "-c", _BASH.format(port=port, path=path))
