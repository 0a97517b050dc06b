"""The headers of one static file: its type, its cache lifetime, and its byte range."""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePath

from stead.kit.http_problem import HttpProblem

FOREVER = "max-age=31536000, immutable"
REVALIDATE = "no-cache"  # cached, and revalidated with its ETag
# A name may be cached forever when its build puts a hash of the content there. It has to look like one: a stale file
# cannot be taken back, while a hash that is not recognised costs one request with 304.
HEX = re.compile(r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}")  # webpack, Next
MIXED = re.compile(r"(?=.*[0-9])(?=.+[A-Z])[0-9A-Za-z_-]{8}")  # Vite, esbuild
CODINGS = {"br": ".br", "gzip": ".gz"}  # the best first
TYPES = {
    ".avif": "image/avif",
    ".br": "application/octet-stream",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_STANDARD = mimetypes.MimeTypes(filenames=())  # without the files of this machine: the types are the same everywhere


def media_type(name: str) -> str:
    """Return the content type of a file by its name."""
    suffix = PurePath(name).suffix.lower()
    found = TYPES.get(suffix) or _STANDARD.types_map[True].get(suffix, "application/octet-stream")
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def cache_control(name: str, *, public: bool) -> str:
    """Return the Cache-Control of a file."""
    scope = "public" if public else "private"
    return f"{scope}, {FOREVER}" if has_hash(name) else REVALIDATE


def has_hash(name: str) -> bool:
    """Return whether a name has the hash of its file: `index-BwD3kX2a.js`, `main.8e0d62a3.css`, `8e0d62a3f1.woff2`."""
    stem, *_ = PurePath(name).name.rpartition(".")
    words = re.split(r"[.-]", stem)
    if any(HEX.fullmatch(word) for word in words):
        return True
    return len(stem) > 9 and stem[-9] in ".-" and MIXED.fullmatch(stem[-8:]) is not None


def codings(accepted: str) -> list[str]:
    """Return the codings that a client accepts, by `Accept-Encoding`, the best first."""
    taken: dict[str, bool] = {}
    for each in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        taken[name] = not any(re.fullmatch(r"q=0(\.0*)?", part) for part in parameters)
    return [name for name in CODINGS if taken.get(name, taken.get("*", False))]


def matches(condition: str, tag: str) -> bool:
    """Return whether an `If-None-Match` names a tag."""
    return condition.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in condition.split(","))


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of a file that are sent, the last one included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def span_of(header: str, size: int) -> Span | None:
    """Return the bytes of a `Range`; None for all of them, also for several ranges.

    Raises HttpProblem 416 when the file has none of the bytes.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        span = Span(max(size - int(found[2]), 0), size - 1)
    else:
        span = Span(int(found[1]), min(int(found[2] or size), size - 1))
        if found[2] and int(found[2]) < span.first:
            return None
    if span.length < 1 or span.first >= size:
        detail = f"The file has {size} bytes; the range is outside."
        raise HttpProblem(416, "range_not_satisfiable", detail, headers={"Content-Range": f"bytes */{size}"})
    return span
