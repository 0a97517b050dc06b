"""A program that needs nothing but Debian: a static binary, or a script for a shell that Debian has."""

import posixpath
import re
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, From, Instruction, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command
from stead.render.docker.shell_line import is_shell_line

SHELLS = ("sh", "bash", "dash", "perl")
# What a shell has built in, and the tools that every Debian has.
BUILT_IN = """. : [ break case cd command continue do done echo elif else esac eval exec exit export false fi for
getopts if kill printf pwd read readonly return set shift sleep test then trap true ulimit umask unset until wait
while { }"""
TOOLS = """awk base64 basename cat chmod chown cp cut date dd df dirname du env expr find getent grep gzip head hostname
id install ln ls md5sum mkdir mkfifo mktemp mv nice nohup od paste readlink realpath rm rmdir sed seq sha256sum shuf
sort split stat stdbuf sync tac tail tar tee timeout touch tr uname uniq wc which xargs yes"""
KNOWN = frozenset((*BUILT_IN.split(), *TOOLS.split(), *SHELLS))
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
    started = program.starts
    if is_shell_line(program.command) and not ({"/", "$"} & {*started}) and started not in KNOWN:
        message = f"the line that starts {program.name} runs {started}, which the image does not have"
        yield ImageProblem(message, "say build=, the folder of a Dockerfile that has it, or image=")
    file = posixpath.normpath(posixpath.join(program.folder, started))
    found = SHEBANG.match(program.project.text(file)) if "/" in started else None
    if found and found[1] not in SHELLS:
        yield ImageProblem(
            f"{file} of {program.name} needs {found[1]}, which the image does not have",
            f"write command='{found[1]} {started}', or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    return () if program.folder == "." else (program.folder,)
