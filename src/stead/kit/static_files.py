"""Serve a folder of static files, with `index.html` for every path that a front end routes by itself.

The folder is read for each request, so a new build is served without a restart. An ETag is the hash of the content:
file times may be equal in different images, or differ between copies of one. Precompressed files (`app.js.br`,
`app.js.gz`) are sent to clients that accept them; nothing is compressed during a request. Files outside of the folder,
links out of it, and hidden names except `.well-known` are not served. Rejected: Litestar's static files, which support
neither ranges nor precompressed files.
"""

import asyncio
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote

from stead.kit.asgi import ASGIApp, Receive, Scope, Send, answer, headers, state
from stead.kit.http_problem import common
from stead.kit.settings import SettingsError, read
from stead.kit.static_file import CODINGS, Span, cache_control, codings, matches, media_type, span_of
from stead.model import Settings, var
from stead.model.refusal import METHOD_NOT_ALLOWED, NOT_FOUND
from stead.model.static_files import INDEX
from stead.model.wiring import STATIC_FOLDER

CHUNK = 256 * 1024  # bytes
WELL_KNOWN = ".well-known"  # RFC 8615
PAGE = "text/html"

Fields = dict[str, str]


class StaticSettings(Settings):
    """Where the files are."""

    static_folder: str = var(help=STATIC_FOLDER.help)


def app() -> ASGIApp:
    """Return the app; SettingsError when there is no front end in the folder."""
    folder = Path(read(StaticSettings).static_folder)
    if not (folder / INDEX).is_file():
        raise SettingsError([f"STATIC_FOLDER is {str(folder)!r}, which has no {INDEX}; run the front end's build."])
    return StaticFiles(folder)


class StaticFiles:
    """An ASGI app that serves a folder; the layers of the kit stand around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.realpath(folder))
        self._tags: dict[str, tuple[tuple[int, ...], str]] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise common(METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers(scope).items()}
        path = scope["path"]
        if not all(map(_is_plain, _names(path))):
            raise common(NOT_FOUND)
        for name in _candidates(path):
            if file := self._open(name):
                await self._send(scope, send, name, file, asked)
                return
        if self._has(f"{path.strip('/')}/{INDEX}"):
            await _redirect(scope, send)
            return
        file = self._open(INDEX) if PAGE in asked.get("accept", "") else None
        if file is None:
            raise common(NOT_FOUND)
        await self._send(scope, send, INDEX, file, asked)

    def _path(self, name: str) -> Path | None:
        """Return the path of a regular file inside the folder, or None."""
        path = Path(os.path.realpath(self.folder / name))
        if not path.is_relative_to(self.folder) or not all(map(_is_plain, path.relative_to(self.folder).parts)):
            return None
        try:
            return path if stat.S_ISREG(path.stat().st_mode) else None
        except OSError:  # not there, below a file, or a name that is too long
            return None

    def _has(self, name: str) -> bool:
        return self._path(name) is not None

    def _open(self, name: str) -> BufferedReader | None:
        path = self._path(name)
        try:
            return None if path is None else path.open("rb")  # _send closes it
        except FileNotFoundError:  # a build has just removed it
            return None

    async def _send(self, scope: Scope, send: Send, name: str, plain: BufferedReader, asked: Fields) -> None:
        """Send a file in the best coding that the client accepts; ranges apply to the uncompressed file."""
        coding, file = self._coded(name, plain, asked)
        with plain, file:
            tag = await self._tag(file)
            public = getattr(state(scope).get("route"), "access", "") == "public"
            fields = {
                "etag": tag,
                "cache-control": cache_control(name, public=public),
                "vary": "Accept, Accept-Encoding" if name == INDEX else "Accept-Encoding",
                "x-content-type-options": "nosniff",
            }
            if matches(asked.get("if-none-match", ""), tag):
                await _start(send, 304, fields)
                await send({"type": "http.response.body", "body": b""})
                return
            size = os.fstat(file.fileno()).st_size
            ranged = "range" in asked and asked.get("if-range", tag) == tag
            span = span_of(asked["range"], size) if ranged else None
            fields |= {"content-type": media_type(name), "accept-ranges": "bytes"}
            fields |= {"content-encoding": coding} if coding else {}
            fields |= {"content-range": f"bytes {span.first}-{span.last}/{size}"} if span else {}
            part = span or Span(0, size - 1)
            await _start(send, 206 if span else 200, fields | {"content-length": str(part.length)})
            await _body(send, file, part if scope["method"] == "GET" else Span(0, -1))

    def _coded(self, name: str, plain: BufferedReader, asked: Fields) -> tuple[str, BufferedReader]:
        if "range" not in asked:
            for coding in codings(asked.get("accept-encoding", "")):
                if file := self._open(name + CODINGS[coding]):
                    return coding, file
        return "", plain

    async def _tag(self, file: BufferedReader) -> str:
        """Return the ETag of a file; its content is read when the file changed."""
        facts = os.fstat(file.fileno())
        stamp = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
        known = self._tags.get(name := str(file.name))
        if known is None or known[0] != stamp:
            digest = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
            known = self._tags[name] = (stamp, f'"{digest.hexdigest()[:32]}"')
        return known[1]


def _names(path: str) -> list[str]:
    """Return the names in a path; a slash at its end adds none."""
    return path.removesuffix("/").split("/")[1:]


def _is_plain(name: str) -> bool:
    hidden = name.startswith(".") and name != WELL_KNOWN
    return bool(name) and not hidden and not any(each in name for each in "\\\0")


def _candidates(path: str) -> Iterator[str]:
    """Yield the files that a path may mean: `/about` is `about.html` in the export of many frameworks."""
    name = "/".join(_names(path))
    if path.endswith("/"):
        yield f"{name}/{INDEX}" if name else INDEX
        return
    yield name
    yield f"{name}.html"


async def _redirect(scope: Scope, send: Send) -> None:
    """Send a browser to a folder's own address: links in its page are relative to that."""
    query = scope.get("query_string", b"")
    target = quote(f"{scope['path']}/").encode() + (b"?" + query if query else b"")
    await answer(send, 308, b"", [(b"location", target), (b"cache-control", b"no-cache")], b"text/plain")


async def _start(send: Send, status: int, headers: Fields) -> None:
    fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})


async def _body(send: Send, file: BufferedReader, span: Span) -> None:
    file.seek(span.first)
    left = span.length
    while left > CHUNK:
        chunk = await asyncio.to_thread(file.read, CHUNK)
        left -= len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not chunk:
            return  # the file was shortened meanwhile: the server notices, and closes the connection
    await send({"type": "http.response.body", "body": file.read(left)})
