"""A program that needs nothing but Debian: a static binary, or a script for a shell that Debian has."""

import posixpath
import re
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, From, Instruction, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

SHELLS = ("sh", "bash", "dash", "perl")
SHEBANG = re.compile(r"#!\s*(?:/usr/bin/env\s+(?:-S\s+)?)?(?:\S*/)?([\w.+-]+)")


def instructions(program: Program) -> tuple[Instruction, ...]:
    return (
        *bases(pin.DEBIAN),
        From(f"${{{pin.DEBIAN.name}}}"),
        *labels(),
        Workdir("/app"),
        Copy(f"{program.folder}/", "/app/"),
        *ending(probe_command("program", program.health, program.port), program.command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    file = posixpath.normpath(posixpath.join(program.folder, program.command[0]))
    found = SHEBANG.match(program.project.text(file)) if "/" in program.command[0] else None
    if found and found[1] not in SHELLS:
        yield ImageProblem(
            f"{file} of {program.name} needs {found[1]}, which the image does not have",
            f"write command='{found[1]} {program.command[0]}', or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    return () if program.folder == "." else (program.folder,)
