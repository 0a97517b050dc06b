"""Ruby: the gems of Gemfile.lock, and the folder."""

import posixpath
from collections.abc import Iterator

from stead.render.docker import pin
from stead.render.docker.dockerfile import Copy, Env, From, Instruction, Mount, Run, Workdir
from stead.render.docker.parts import ImageProblem, Program, bases, ending, labels
from stead.render.docker.probe import probe_command

GEMS = {"BUNDLE_DEPLOYMENT": "1", "BUNDLE_PATH": "/gems", "BUNDLE_WITHOUT": "development:test"}
TOOLS = "apt-get update && apt-get install --yes --no-install-recommends build-essential git libpq-dev libyaml-dev"
SOURCES = ("Gemfile", "Gemfile.lock", "*.rb", "*.ru", "Rakefile", "app", "bin", "config", "db", "lib", "public")


def instructions(program: Program) -> tuple[Instruction, ...]:
    gems = program.project.has(posixpath.join(program.folder, "Gemfile"))
    building: tuple[Instruction, ...] = (
        From(f"${{{pin.RUBY.name}}}", "build"),
        Run(TOOLS),
        Env(GEMS),
        Workdir("/app"),
        *(Copy(posixpath.normpath(f"{program.folder}/{name}"), "./") for name in ("Gemfile", "Gemfile.lock")),
        Run("bundle install", (Mount("cache", "/root/.bundle/cache"),)),
    )
    return (
        *bases(pin.RUBY),
        *(building if gems else ()),
        From(f"${{{pin.RUBY.name}}}"),
        *labels(),
        Env({**GEMS, "RACK_ENV": "production", "RAILS_ENV": "production", "RAILS_LOG_TO_STDOUT": "1"}),
        Workdir("/app"),
        *((Copy("/gems", "/gems", "build"),) if gems else ()),
        Copy(f"{program.folder}/", "/app/"),
        *ending(probe_command("program", program.health, program.port), program.command),
    )


def image_problems(program: Program) -> Iterator[ImageProblem]:
    gems = program.project.has(posixpath.join(program.folder, "Gemfile"))
    if gems and not program.project.has(posixpath.join(program.folder, "Gemfile.lock")):
        yield ImageProblem(
            f"{program.name} has a Gemfile, but no Gemfile.lock", "run bundle lock and commit it, or set build="
        )
    elif not gems and program.starts != "ruby":
        yield ImageProblem(
            f"{program.name} starts by {program.starts}, but {program.folder} has no Gemfile",
            "fix folder=, or set build= to the folder of a Dockerfile",
        )


def allowed(program: Program) -> tuple[str, ...]:
    return SOURCES if program.folder == "." else (program.folder,)
