"""The report: how an image keeps its promises; the platform that runs it keeps the others."""

from collections.abc import Callable, Mapping

from stead.model import Backend
from stead.render.docker.image_kind import built
from stead.render.promise import PROMISES, PromiseStatus


def _constant(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _start(backend: Backend) -> str:
    return f"`ENTRYPOINT` in exec form; images: {', '.join(sorted(built(backend))) or 'none'}"


_OWN: Mapping[str, PromiseStatus] = {
    "start": PromiseStatus(_start),
    "version": PromiseStatus(_constant("labels `org.opencontainers.image.*`, from build arguments")),
    "secrets": PromiseStatus(_constant("none in ARG or ENV; `.dockerignore` includes only named files")),
    "health": PromiseStatus(_constant("`HEALTHCHECK` in exec form, with a program of the image")),
    "stop": PromiseStatus(_constant("`STOPSIGNAL SIGTERM`, and no shell in between")),
    "hardening": PromiseStatus(
        _constant("a numeric user, code that root owns, no compiler and no uv in the last stage")
    ),
    "edits": PromiseStatus(_constant("functions on `Dockerfile`, in `Backend(edits=[…])`")),
}
RUNNER = frozenset((
    "names", "environments", "left out", "settings", "secrets by name", "databases", "redis", "buckets", "data",
    "migrations", "invariants", "calls", "operations", "addresses", "routes", "users", "roles", "timeouts", "traffic",
    "rate", "origins", "readiness", "liveness", "order", "schedule", "replicas", "limits", "logs", "egress",
))  # fmt: skip
_RUNS = PromiseStatus(_constant("depends on the platform that runs the image: see the report of that target"))
KEEPS: Mapping[str, PromiseStatus] = {name: _OWN.get(name, _RUNS) for name in PROMISES if name in {*_OWN, *RUNNER}}
