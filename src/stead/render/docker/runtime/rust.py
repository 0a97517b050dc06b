"""Rust: the binary that `cargo run` names, in an image that has the certificates and nothing else."""

import posixpath
import shlex
import tomllib
from collections.abc import Iterator
from itertools import pairwise

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command
from stead.render.docker.runtime.go import CERTIFICATES

SOURCES = ("Cargo.toml", "Cargo.lock", "build.rs", "src", "crates")


def instructions(program: Program) -> tuple[Instruction, ...]:
    """`cargo run --bin orders -- -v` becomes a release build of that binary, started with the words after `--`."""
    flags, arguments = _split(program.command)
    top = _top(program)
    caches = (Mount("cache", "/usr/local/cargo/registry"),)
    built = f"target/release/{_binary(program, flags)}"
    chosen = shlex.join(word for word in flags if word not in ("--release", "-r", "-q", "--quiet", "--locked"))
    return (
        *bases(pin.RUST, pin.DEBIAN),
        From(f"${{{pin.RUST.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{top}/", "./"),
        Run(f"cargo build --locked --release {chosen}".rstrip() + f" && install -D {built} /out/service", caches),
        From(f"${{{pin.DEBIAN.name}}}"),
        *labels(),
        Workdir("/app"),
        Copy(CERTIFICATES, CERTIFICATES, "build"),
        Copy("/out/service", "/app/service", "build"),
        *ending(probe_command("program", program.health, program.port), ("/app/service", *arguments)),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    if program.command[1:2] != ("run",):
        yield ImageProblem(f"{program.name} starts by {shlex.join(program.command)}", "write cargo run, or set build=")
    elif not program.project.find_up(program.folder, "Cargo.lock"):
        yield ImageProblem(f"{program.name} has no Cargo.lock", "run cargo build and commit it, or set build=")
    elif not _binary(program, _split(program.command)[0]):
        yield ImageProblem(f"the binary of {program.name} is ambiguous", "write cargo run --bin NAME, or set build=")


def allowed(program: Program) -> tuple[str, ...]:
    top = _top(program)
    return SOURCES if top == "." else (top,)


def _split(command: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = command[2:]
    return (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, ())


def _top(program: Program) -> str:
    """Return the folder of the workspace, which has the lock file."""
    found = program.project.find_up(program.folder, "Cargo.lock")
    return found[0] if found else program.folder


def _binary(program: Program, flags: tuple[str, ...]) -> str:
    for flag, value in pairwise(flags):
        if flag == "--bin":
            return value
    named = next((word.removeprefix("--bin=") for word in flags if word.startswith("--bin=")), "")
    try:
        manifest = tomllib.loads(program.project.text(posixpath.join(program.folder, "Cargo.toml")))
    except tomllib.TOMLDecodeError:
        manifest = {}
    return named or str(manifest.get("package", {}).get("name", ""))
