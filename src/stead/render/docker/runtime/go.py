"""Go: a binary of the package that `go run` names, in an image that has the certificates and nothing else."""

import posixpath
import shlex
from collections.abc import Iterator

from stead.render.docker import go, pin
from stead.render.docker.dockerfile import Copy, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"  # certificates for TLS; a bare Debian has none
SOURCES = ("go.mod", "go.sum", "go.work", "go.work.sum", "*.go", "cmd", "internal", "pkg", "vendor")

WORKSPACE = ("**/*.go", "**/go.mod", "**/go.sum")


def instructions(program: Program) -> tuple[Instruction, ...]:
    """`go run ./cmd/orders -v` becomes a binary of that package, started with the words after it."""
    words, arguments = go.built(program.command)
    top = _top(program)
    place = posixpath.normpath(posixpath.join("/src", posixpath.relpath(program.folder, top)))
    caches = (Mount("cache", "/go/pkg/mod"), Mount("cache", "/root/.cache/go-build"))
    return (
        *bases(pin.GO, pin.DEBIAN),
        From(f"${{{pin.GO.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{top}/", "./"),
        *((Workdir(place),) if place != "/src" else ()),
        Run(f"CGO_ENABLED=0 go build -trimpath -o /out/service {shlex.join(words)}", caches),
        From(f"${{{pin.DEBIAN.name}}}"),
        *labels(),
        Workdir("/app"),
        Copy(CERTIFICATES, CERTIFICATES, "build"),
        Copy("/out/service", "/app/service", "build"),
        *ending(probe_command("go", program.health, program.port), ("/app/service", *arguments)),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    if program.command[1:2] != ("run",):
        mend = "write go run PACKAGE, which is built into the image, or set build= to the folder of a Dockerfile"
        yield ImageProblem(f"{program.name} starts by {shlex.join(program.command)}", mend)


def allowed(program: Program) -> tuple[str, ...]:
    top = _top(program)
    if top != ".":
        return (top,)
    own = () if program.folder == "." else (program.folder,)
    return (*SOURCES, *own, *(WORKSPACE if program.project.has("go.work") else ()))


def _top(program: Program) -> str:
    """Return the folder of the module, or of the workspace, that the program is part of."""
    found = program.project.find_up(program.folder, "go.work") or program.project.find_up(program.folder, "go.mod")
    return found[0] if found else program.folder
