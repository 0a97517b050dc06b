"""How an image keeps the promises that are an image's; the others are of whoever runs it."""

from collections.abc import Callable, Mapping

from stead.model import Backend
from stead.render.docker.kind import built
from stead.render.promise import PROMISES, Kept


def _said(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _start(backend: Backend) -> str:
    return f"`ENTRYPOINT` in exec form; images: {', '.join(sorted(built(backend))) or 'none'}"


_OWN: Mapping[str, Kept] = {
    "start": Kept(_start),
    "version": Kept(_said("labels `org.opencontainers.image.*`, from build arguments")),
    "secrets": Kept(_said("none in ARG or ENV; `.dockerignore` lets in only what is named")),
    "health": Kept(_said("`HEALTHCHECK` in exec form, with what the image has")),
    "stop": Kept(_said("`STOPSIGNAL SIGTERM`, and no shell in between")),
    "hardening": Kept(_said("a numeric user, code that root owns, no compiler and no uv in the last stage")),
    "edits": Kept(_said("functions on `Dockerfile`, in `Backend(edits=[…])`")),
}
RUNNER = frozenset((
    "names", "environments", "left out", "settings", "secrets by name", "databases", "redis", "buckets", "data",
    "migrations", "invariants", "calls", "operations", "addresses", "routes", "users", "roles", "timeouts", "rate",
    "origins", "readiness", "liveness", "order", "replicas", "limits", "logs",
))  # fmt: skip
_RUNS = Kept(_said("whoever runs the image: see the report of that target"))
KEEPS: Mapping[str, Kept] = {name: _OWN.get(name, _RUNS) for name in PROMISES if name in {*_OWN, *RUNNER}}
