"""Dockerfiles as rules see them: stages of instructions, and which image a container is built from."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stead.check.context import Context
from stead.check.facts import At
from stead.check.facts.compose import plain
from stead.check.facts.config_values import PART
from stead.check.facts.dockerfile import FROM
from stead.check.merged_config import MergedConfig


@dataclass
class Stage:
    """One stage: the image or the stage that it starts from, and its instructions."""

    at: At
    base: str
    name: str
    instructions: list[At] = field(default_factory=list)

    def last(self, *names: str) -> At | None:
        """Return the last instruction of one of these names."""
        return next((at for at in reversed(self.instructions) if at.more in names), None)


def dockerfiles(check_context: Context) -> dict[Path, list[Stage]]:
    """Return the stages of every Dockerfile."""
    found: dict[Path, list[Stage]] = {}
    for file, at in check_context.each("values"):
        if PART in at.more:  # a value of a settings file
            continue
        stages = found.setdefault(file, [])
        named = FROM.match(at.text) if at.more == "FROM" else None
        if named:
            stages.append(Stage(at, named[1], named[2] or ""))
        elif stages:
            stages[-1].instructions.append(at)
    return {file: stages for file, stages in found.items() if stages}


def chain(stages: list[Stage]) -> Iterator[Stage]:
    """Yield the last stage, and those that it starts from."""
    named = {stage.name.lower(): stage for stage in stages if stage.name}
    stage: Stage | None = stages[-1]
    check_context: set[int] = set()
    while stage is not None and id(stage) not in check_context:
        check_context.add(id(stage))
        yield stage
        stage = named.get(stage.base.lower())


def base_of(check_context: Context, container: MergedConfig, folder: Path) -> tuple[str, Path] | None:
    """Return the image that a container's build ends in, and its Dockerfile; None where it is not built here."""
    build = container.get("build")
    if build is None:
        return None
    context = plain(build.text or build.text_at("context")) or "."
    name = plain(build.text_at("dockerfile")) or "Dockerfile"
    file = Path(posixpath.normpath((folder / context / name).as_posix()))
    stages = check_context.once(dockerfiles).get(file)
    return ([*chain(stages)][-1].base, file) if stages else None


def installs(check_context: Context, file: Path, program: str) -> bool:
    """Return whether a Dockerfile's last image gets a program: by a package, or copied."""
    stages = check_context.once(dockerfiles).get(file, [])
    words = re.compile(rf"\b{re.escape(program)}\b")
    return any(
        at.more in ("RUN", "COPY", "ADD") and words.search(at.text)
        for stage in chain(stages)
        for at in stage.instructions
    )
