"""Log: one JSON object a line on standard error, with the request and the trace that it belongs to.

The standard library's logging stays what code calls. msgspec writes the lines; a log line of a request costs a few
microseconds. As a last protection, strings with the form of a credential are masked in every line.
"""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

from stead.kit import trace
from stead.kit.settings import Level

_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "httpx2", "httpcore2", "asyncio")
_SECRET = re.compile(
    r"(?P<url>://[^:/@\s\"]*:)[^@/\s\"]+(?=@)"  # the password of a URL
    r"|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # a JWT
    r"|\b(?:pat|sess|whsec|sk)_[\w+/=-]{8,}"
    r"|(?P<jwk>\"d\\*\":\s*\\*\")[\w-]{43}"  # the private half
)

_encode = msgspec.json.Encoder(enc_hook=str).encode


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "service": self.service,
        }
        about = trace.current()
        if about is not None:
            line |= {"request_id": about.request_id, "trace_id": about.trace_id, "span_id": about.span_id}
        line |= {name: value for name, value in record.__dict__.items() if name not in _USUAL}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return clean(_encode(line).decode())


def clean(text: str) -> str:
    """Return the text without what looks like a credential."""
    return _SECRET.sub(lambda found: (found["url"] or found["jwk"] or "") + "***", text)


def start(service: str, level: str = "INFO") -> None:
    """Send all logging of this process to standard error as JSON lines.

    A level that does not exist is INFO here: the settings, which are read next, complain of it together with the rest.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper() if level.upper() in get_args(Level) else "INFO")
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)
