"""PHP: the packages of composer.lock, and the folder, run by the command line's own server or a framework's."""

import posixpath
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

INSTALL = "composer install --no-dev --no-interaction --no-scripts --prefer-dist --optimize-autoloader"
TOOLS = "apt-get update && apt-get install --yes --no-install-recommends git unzip"
SOURCES = (
    "composer.json",
    "composer.lock",
    "artisan",
    "*.php",
    "app",
    "bootstrap",
    "config",
    "public",
    "routes",
    "src",
)


def instructions(program: Program) -> tuple[Instruction, ...]:
    packages = program.project.has(posixpath.join(program.folder, "composer.json"))
    building: tuple[Instruction, ...] = (
        From(f"${{{pin.COMPOSER.name}}}", "composer"),
        From(f"${{{pin.PHP.name}}}", "build"),
        Run(TOOLS),
        Copy("/usr/bin/composer", "/usr/local/bin/composer", "composer"),
        Workdir("/app"),
        Copy(f"{program.folder}/", "./"),
        Run(INSTALL, (Mount("cache", "/root/.composer/cache"),)),
    )
    return (
        *bases(*((pin.COMPOSER,) if packages else ()), pin.PHP),
        *(building if packages else ()),
        From(f"${{{pin.PHP.name}}}"),
        *labels(),
        Workdir("/app"),
        Copy("/app", "/app", "build") if packages else Copy(f"{program.folder}/", "/app/"),
        *ending(probe_command("program", program.health, program.port), program.command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    here = program.folder
    if program.project.has(posixpath.join(here, "composer.json")) and not program.project.has(
        posixpath.join(here, "composer.lock")
    ):
        yield ImageProblem(
            f"{program.name} has a composer.json, but no composer.lock",
            "run composer update and commit it, or set build=",
        )


def allowed(program: Program) -> tuple[str, ...]:
    return SOURCES if program.folder == "." else (program.folder,)
