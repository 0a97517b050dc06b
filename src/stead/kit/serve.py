"""Serve: run a service's ASGI factory, or its app, in this process: uvicorn, JSON lines, a stop that ends requests.

`python -m stead.kit.serve module:callable`, or `run` from a process that was forked ready. Exit status: 0 after a stop,
3 when the app cannot be created or a component cannot be opened, 69 when the port is in use, 70 when the named object
is not an app, 78 when settings are missing or malformed.
"""

import ipaddress
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any, NoReturn, cast

from stead.kit import log
from stead.kit.asgi import ASGIApp
from stead.kit.secret_file import put_into
from stead.kit.settings import EXIT_CONFIG, read
from stead.model import Settings, SteadError, var
from stead.model.application import NotAnAppError, make
from stead.model.finish import USUAL
from stead.model.wiring import ROUTES

logger = logging.getLogger(__name__)

EXIT_FAILED = 3
EXIT_SOFTWARE = 70  # EX_SOFTWARE of sysexits.h
EXIT_UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h
KEEP_ALIVE = 3900  # seconds; longer than Envoy keeps an idle connection, so that it never writes into a closed one
BACKLOG = 2048

Factory = Callable[[], ASGIApp]


class ServeSettings(Settings):
    """Where to listen."""

    host: str = var(default="127.0.0.1", help="The address to listen on.")
    port: int = var(default=8000, minimum=0, help="The port to listen on; 0 selects a free one.")
    finish_seconds: int = var(default=USUAL, minimum=0, help="Seconds for open requests at a stop.")


def serve(factory: str) -> NoReturn:
    """Run a service until a stop signal; ends the process."""
    sys.exit(run(factory))


def run(factory: str) -> int:
    """Run a service until a stop signal; return the exit status."""
    log.start(os.environ.get("SERVICE_NAME", factory), os.environ.get("LOG_LEVEL") or "INFO")
    try:
        if ROUTES.name in os.environ:  # of every app that is not of the shelf
            put_into(os.environ)
        app = served(factory)
        settings = read(ServeSettings)
    except NotAnAppError as error:
        print(error, file=sys.stderr)  # noqa: T201 - as below
        return EXIT_SOFTWARE
    except SteadError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for whoever started it; a log reader has no use for it
        return EXIT_CONFIG
    except Exception:
        logger.exception("%s cannot be created", factory)
        return EXIT_FAILED
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        where = f"port {settings.port} of {settings.host}"
        logger.error("cannot listen on %s: %s; set PORT to another port", where, error.strerror)  # noqa: TRY400 - no news in it
        return EXIT_UNAVAILABLE
    with listener:
        return _until_stopped(app, listener, settings.finish_seconds)


def load(factory: str) -> Factory:
    """Return the callable that `module:callable` names."""
    module, _, name = factory.partition(":")
    return cast("Factory", attrgetter(name)(import_module(module)))


def served(target: str) -> ASGIApp:
    """Return the app of `module:callable`; one that is not made with the kit is wrapped."""
    from stead.kit.foreign_app import complete  # imported late: it loads the whole kit

    return complete(app_of(target))


def app_of(target: str) -> Callable[..., Any]:
    """Return the app that `module:callable` is or returns; NotAnAppError otherwise."""
    app: Callable[..., Any] = make(target, load(target))
    return app


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


SOCKETS = '"websocket":true'  # in the routes of an app that takes them; all others need no library for it


def _until_stopped(app: ASGIApp, listener: socket.socket, finish_seconds: int) -> int:
    import uvicorn  # imported late: anyone who only reads the settings of a service does not need a server

    from stead.kit.http_protocol import LingeringProtocol, Protocol

    host, port = listener.getsockname()[:2]
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=Protocol if ipaddress.ip_address(host).is_loopback else LingeringProtocol,
        ws="auto" if SOCKETS in os.environ.get(ROUTES.name, "") else "none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=finish_seconds,
        timeout_keep_alive=KEEP_ALIVE,
        backlog=BACKLOG,
    )
    for each in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal once more when it is done
        signal.signal(each, _stopped)
    server = uvicorn.Server(config)
    logger.info("listening", extra={"host": host, "port": port})
    server.run(sockets=[listener])
    return 0 if server.started else EXIT_FAILED


def _stopped(_number: int, _frame: object) -> None:
    """Take note of a signal that has been obeyed already."""


if __name__ == "__main__":
    serve(sys.argv[1])
