"""Environments: each stack is one environment's, is told what it needs, and has nothing of another's."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stead.check.compose.stack import Container, Stack, delivered, stacks
from stead.check.context import Context
from stead.check.merged_config import MergedConfig
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.model import Problem, SourceLocation
from stead.model.setting import REQUIRED
from stead.model.wiring import Supplied
from stead.render.environment_alias import short

if TYPE_CHECKING:
    from stead.check.compose.expected import ExpectedEnvironment

ASKED = re.compile(r"(?<!\$)(?:\$\$)*\$\{(\w+):?\?")
OPEN = re.compile(r"\$(?:\{(?P<name>\w+)(?::?-)?\}|(?P<bare>\w+))$")  # may be empty when nobody sets it
WORD = re.compile(r"[a-z]+")
PLACES = (("volumes",), ("secrets",), ("networks",), ("configs",))


@rule("COMPOSE026")
def each_environment_is_a_project(context: Context) -> Iterator[Problem]:
    """In `deploy/`, each environment's Compose file has a `name:` of its own.

    The name is the prefix of containers and volumes. The default is the folder's name, the same for all environments:
    `up` of staging then replaces the containers of dev, and `down --volumes` of one removes the data of the other.
    """
    names: dict[str, Stack] = {}
    for stack in (stack for stack in stacks(context) if stack.environment and len(stack.files) <= 2):
        own, name = stack.files[-1], stack.merged.get("name")
        assert stack.environment is not None
        expected = f"name: {context.backend.name if context.backend else 'backend'}-{stack.part}"
        if _is_of_no_environment(stack):
            continue
        if name is None or name.file != own:
            message = f"{own.name} has no project name, so it shares a project with the others"
            yield Problem("COMPOSE026", message, SourceLocation(str(own), 1, 1), f"add {expected}")
        elif names.setdefault(name.text, stack) is not stack:
            message = f"{name.text} is the name of two environments' projects"
            first = names[name.text].merged.members["name"].place
            yield Problem("COMPOSE026", message, name.place, f"write {expected}", first)


def _is_of_no_environment(stack: Stack) -> bool:
    """Recognise an overlay that lies over an environment's and adds to it."""
    return stack.environment is not None and stack.part not in stack.files[-1].name.split(".")


@rule("COMPOSE027")
def nothing_is_of_another_environment(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an environment's Compose file names no volume, secret, network or env file of another one.

    `secrets/dev/DATABASE_URL` in production, or a volume `shop-prod_postgres` in staging, is left from a copied file:
    one environment then works with the data of the other. `/health` reports ENVIRONMENT, so a wrong value misleads
    everyone who reads it.
    """
    for stack in stacks(context):
        if stack.environment is None or context.backend is None:
            continue
        others = _environment_names(context, stack)
        for item in _places(stack):
            foreign = sorted(others & set(WORD.findall(item.text.lower())))
            if foreign and item.file == stack.files[-1] and not _is_of_no_environment(stack):
                message = f"{item.text} belongs to {foreign[0]}, but this file is of {stack.environment.name}"
                yield Problem("COMPOSE027", message, item.place, f"name the one of {stack.environment.name}")
        for container in stack.containers:
            value = container.config.get("environment", "ENVIRONMENT")
            if value is not None and value.text and "$" not in value.text and value.text != stack.environment.name:
                message = f"{container.name} has ENVIRONMENT={value.text} in {stack.environment.name}"
                yield Problem("COMPOSE027", message, value.place, f"write ENVIRONMENT: {stack.environment.name}")


def _environment_names(context: Context, stack: Stack) -> set[str]:
    """Return the names of the other environments, short and long."""
    assert context.backend is not None
    every = {word for each in context.backend.environments for word in (each.name, short(each.name))}
    own = {stack.environment.name, stack.part} if stack.environment else set()
    return every - own - set(WORD.findall(context.backend.name))


def _places(stack: Stack) -> Iterator[MergedConfig]:
    """Yield what names something that lasts: files of secrets, volumes of other projects, env files."""
    for section in PLACES:
        for _, item in stack.merged.each(*section):
            yield from (item.members[key] for key in ("file", "name") if key in item.members)
    for container in stack.containers:
        for _, item in container.config.each("env_file"):
            yield item.members.get("path", item)


@rule("COMPOSE028")
def what_must_be_given_is_asked_for(context: Context) -> Iterator[Problem]:
    """In `deploy/`, required settings have a value, or Compose stops with the name of the missing one.

    `${CLERK_ISSUER}` is an empty text when it is not set, and the service exits at its start, after all others were
    replaced. `${CLERK_ISSUER:?who signs the tokens}` stops before the first change.
    """
    for stack in stacks(context):
        for container in stack.containers:
            for name in _required_variables(stack.expected, container) if stack.expected else ():
                yield from _unused_variable(context, container, name)


def _required_variables(promised: "ExpectedEnvironment", container: Container) -> list[str]:
    """Return the variables that a process must be given: by a person, or by anyone who deploys."""
    wires = promised.wires(container.name)
    required = (wire for wire in wires if isinstance(wire.value, Supplied) and wire.setting.default is REQUIRED)
    return [*(wire.setting.name for wire in required), "VERSION"] if wires else []


def _unused_variable(context: Context, container: Container, name: str) -> Iterator[Problem]:
    value = container.config.get("environment", name)
    if value is None:
        elsewhere = container.config.get("env_file") or container.config.get("environment", f"{name}_FILE")
        if elsewhere is None:
            place = (container.config.get("environment") or container.config).place
            message = f"{container.name} requires {name}, but does not get it"
            yield Problem(
                "COMPOSE028", message, place, f"add {name}: ${{{name}:?}}", _place_of(context, container, name)
            )
    elif OPEN.fullmatch(value.text) or not value.text:
        message = f"{container.name} starts without {name}, which it requires"
        yield Problem("COMPOSE028", message, value.place, f"write ${{{name}:?}}", _place_of(context, container, name))


def _place_of(context: Context, container: Container, name: str) -> SourceLocation | None:
    return declared_at(context, container.process, name) if container.process is not None else None


@rule("COMPOSE031")
def other_environments_build_nothing(context: Context) -> Iterator[Problem]:
    """In `deploy/`, only dev builds images; other environments run the tested image.

    An image that a server builds is not the one that CI tested and scanned: the base image and the source may differ.
    Name the image by its digest: `image: ${IMAGE_PYTHON:?}`.
    """
    for container in delivered(context):
        build = container.config.get("build")
        if build is not None and container.stack.environment is not None and not container.stack.is_dev:
            message = f"{container.name} is built where it runs"
            yield Problem("COMPOSE031", message, build.place, "write image: with the digest that was tested")


@rule("COMPOSE033")
def examples_name_what_compose_asks_for(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an environment's env example names every variable that its Compose files require.

    Compose stops at the first missing variable; a complete `.env.prod.example` lists all of them at once. Add the name,
    with an empty value.
    """
    for stack in stacks(context):
        example = _example(stack)
        there = example in context.tree.known
        named = {at.text for at in context.facts(example).sets} if there else set()
        for name, config in sorted(_asked_for(stack.merged).items()) if there else ():
            if name not in named:
                message = f"{example.name} does not name {name}, which Compose requires"
                yield Problem(
                    "COMPOSE033",
                    message,
                    SourceLocation(str(example), 1, 1),
                    f"add the line {name}=",
                    config.place,
                )


def _example(stack: Stack) -> Path:
    part = f".{stack.part}" if stack.part else ""
    return stack.files[-1].with_name(f".env{part}.example")


def _asked_for(config: MergedConfig) -> dict[str, MergedConfig]:
    """Return the required variables below a value, with the first place of each."""
    found = dict.fromkeys(ASKED.findall(config.text), config) if "$" in config.text else {}
    for member in config.members.values():
        found = _asked_for(member) | found
    return found


RULES = (
    each_environment_is_a_project,
    nothing_is_of_another_environment,
    what_must_be_given_is_asked_for,
    other_environments_build_nothing,
    examples_name_what_compose_asks_for,
)
