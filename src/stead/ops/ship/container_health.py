"""Request a service's health from inside its container: its port is not published."""

import json
from typing import Any

from stead.model import AnyService
from stead.model.health import KEYS
from stead.render.docker.image_kind import PORT, Kind, kind_of

_PYTHON = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:{port}{path}', timeout=3).read().decode())"
_NODE = (
    "fetch('http://127.0.0.1:{port}{path}', {{signal: AbortSignal.timeout(3000)}})"
    ".then(a => a.text()).then(t => console.log(t), () => process.exit(1))"
)
# HTTP/1.0: the answer is not sent in pieces, and the connection ends with it.
_BASH = (
    "exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && "
    'while IFS= read -r line || [[ $line ]]; do echo "$line"; done <&3'
)


def reading(kind: Kind, path: str) -> tuple[str, ...]:
    """Return the command that prints the response of a path, for a kind of image."""
    if kind == "python":
        return ("python", "-P", "-c", _PYTHON.format(port=PORT, path=path))
    if kind == "node":
        return ("node", "-e", _NODE.format(port=PORT, path=path))
    return ("bash", "-c", _BASH.format(port=PORT, path=path))


def reports_version(service: AnyService) -> bool:
    """Return whether a service reports its version: third-party images and services without the contract do not."""
    return (
        kind_of(service) not in ("image", "build")
        and service.health.contract
        and service.health.by_path
        and not service.is_worker
    )


def health_error(answer: str, expected: dict[str, Any]) -> str:
    """Return the violation of the health contract in a response; empty when it is as expected."""
    body = answer[answer.find("{") :]
    try:
        data = json.loads(body)
    except ValueError:
        return f"answered no JSON: {answer.strip()[:80]!r}"
    if not isinstance(data, dict) or data.keys() != set(KEYS):
        return f"answered {body.strip()[:80]!r}, not {', '.join(KEYS)}"
    return "; ".join(f"{key} is {data[key]!r}, not {value!r}" for key, value in expected.items() if data[key] != value)
