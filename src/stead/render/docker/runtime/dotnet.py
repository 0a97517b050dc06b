""".NET: the project that `dotnet run` names, published, in the image of ASP.NET."""

import posixpath
import re
import shlex
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.image_kind import PORT
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

ASSEMBLY = re.compile(r"<AssemblyName>\s*([^<\s]+)\s*</AssemblyName>")
SOURCES = (
    "*.csproj",
    "*.fsproj",
    "*.cs",
    "*.fs",
    "*.sln",
    "*.slnx",
    "*.props",
    "*.targets",
    "*.json",
    "*.config",
    "src",
)


def instructions(program: Program) -> tuple[Instruction, ...]:
    project, arguments = _project(program) or "", _arguments(program.command)
    file = posixpath.relpath(project, program.folder) if project else ""
    return (
        *bases(pin.DOTNET_SDK, pin.DOTNET),
        From(f"${{{pin.DOTNET_SDK.name}}}", "build"),
        Workdir("/src"),
        Copy(f"{program.folder}/", "./"),
        Run(
            f"dotnet publish {shlex.quote(file)} --configuration Release --output /out -p:UseAppHost=false",
            (Mount("cache", "/root/.nuget/packages"),),
        ),
        From(f"${{{pin.DOTNET.name}}}"),
        *labels(),
        Env({"ASPNETCORE_HTTP_PORTS": str(PORT), "DOTNET_EnableDiagnostics": "0"}),
        Workdir("/app"),
        Copy("/out", "/app", "build"),
        *ending(
            probe_command("program", program.health, program.port),
            ("dotnet", f"{_assembly(program, project)}.dll", *arguments),
        ),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    if program.command[1:2] != ("run",):
        yield ImageProblem(f"{program.name} starts by {shlex.join(program.command)}", "write dotnet run, or set build=")
    elif _project(program) is None:
        yield ImageProblem(
            f"{program.folder} must have exactly one project (.csproj, .fsproj) for {program.name}",
            "write dotnet run --project NAME.csproj, or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    return SOURCES if program.folder == "." else (program.folder,)


def _project(program: Program) -> str | None:
    """Return the path of the project file; None when it is ambiguous."""
    named = next(
        (after for flag, after in zip(program.command, program.command[1:], strict=False) if flag == "--project"), ""
    )
    folder = posixpath.normpath(posixpath.join(program.folder, named))
    if named.endswith("proj"):
        return folder if program.project.has(folder) else None
    found = [*program.project.named(folder, "*.csproj"), *program.project.named(folder, "*.fsproj")]
    return posixpath.join(folder, found[0]) if len(found) == 1 else None


def _assembly(program: Program, project: str) -> str:
    found = ASSEMBLY.search(program.project.text(project))
    return found[1] if found else posixpath.splitext(posixpath.basename(project))[0]


def _arguments(command: tuple[str, ...]) -> tuple[str, ...]:
    return command[command.index("--") + 1 :] if "--" in command else ()
