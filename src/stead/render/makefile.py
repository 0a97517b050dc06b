"""Render the targets of make: thin wrappers of `stead` and Docker, one for each task.

The rendered file is `deploy/make/stead.mk`, which a backend's own Makefile includes; without one use `make -f
deploy/make/stead.mk`. A rendered Makefile would belong to the user, and not be updated.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stead.model import Backend, Build, Environment, Problem
from stead.render.compose.context import FOLDER as COMPOSE
from stead.render.compose.context import ComposeContext
from stead.render.context import MAKERS
from stead.render.docker import FOLDER as DOCKER
from stead.render.docker import dockerfiles
from stead.render.docker.image_kind import built, root
from stead.render.edit import edited
from stead.render.environment_alias import short
from stead.render.observability.context import DEV, ObservabilityContext, has_dev
from stead.render.observability.overlay import FILE, NAME

FOLDER = "make"
PATH = "stead.mk"
HOW = {
    "scan": "scan needs Trivy or Grype: https://trivy.dev or https://github.com/anchore/grype",
    "sbom": "sbom needs Syft or Trivy: https://github.com/anchore/syft or https://trivy.dev",
}


@dataclass(frozen=True)
class Rule:
    """One target: its help, and its lines."""

    name: str
    about: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Makefile:
    """All targets, and the variables that they use."""

    variables: Mapping[str, str]
    rules: tuple[Rule, ...]


EDITABLE = (Makefile,)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the file, by its path below `deploy/`."""
    return {f"{FOLDER}/{PATH}": written(edited(backend, makefile(backend)))}


def problems(_backend: Backend) -> Sequence[Problem]:
    """Return nothing: every description can be rendered."""
    return []


def makefile(backend: Backend) -> Makefile:
    """Return the targets of a backend."""
    observability = ObservabilityContext(backend)
    return Makefile(_variables(observability), tuple(_rules(observability)))


def _variables(observability: ObservabilityContext) -> dict[str, str]:
    bases = " ".join(sorted({name for names in observability.context.bases.values() for name in names}))
    images = " ".join(f"$(PREFIX){name}:$(TAG)" for name in _images(observability.backend))
    variables = {
        "STEAD ?=": "stead",
        "COMPOSE ?=": "docker compose",
        "VERSION ?=": "$(shell git rev-parse --short HEAD 2>/dev/null || echo dev)",
        "REVISION ?=": "$(shell git rev-parse HEAD 2>/dev/null || echo unknown)",
        "SOURCE ?=": "",
        "REGISTRY ?=": "",
        "TAG ?=": "sha-$(VERSION)",
        "HERE :=": "$(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)",
        "PREFIX :=": f"$(if $(REGISTRY),$(REGISTRY)/){observability.name}-",
        "IMAGES :=": images,
        "BASES :=": f"$(foreach base,{bases},$(if $($(base)),--build-arg $(base)=$($(base))))",
        "LABELS :=": "$(foreach name,VERSION REVISION SOURCE,$(if $($(name)),--build-arg $(name)=$($(name))))",
    }
    return variables | (_variables_of_dev() if has_dev(observability.backend) else {})


def _variables_of_dev() -> dict[str, str]:
    files = f"--file compose.yaml --file compose.{DEV}.yaml"
    return {
        "ENV_FILE :=": f"$(if $(wildcard $(HERE)/deploy/{COMPOSE}/.env.{DEV}),--env-file .env.{DEV})",
        "IN_DEV :=": f"cd $(HERE)/deploy/{COMPOSE} && $(COMPOSE) $(ENV_FILE) {files}",
    }


def _images(backend: Backend) -> tuple[str, ...]:
    own = (name for name, process in built(backend).items() if process.build_spec)
    return tuple(sorted((*(file.name for file in dockerfiles(backend)), *own)))


def _rules(observability: ObservabilityContext) -> Iterator[Rule]:
    yield from _of_images(observability.backend)
    if has_dev(observability.backend):
        yield from _of_dev(observability)
    for environment in observability.backend.environments:
        if environment.name != DEV:
            yield _ship(environment)
    yield from _of_data(observability.context)
    yield Rule("check", "find what is missing, broken or drifting", ("$(STEAD) check $(HERE)",))
    yield Rule("render", "render deploy/ again", ("$(STEAD) render $(HERE)",))


def _of_images(backend: Backend) -> Iterator[Rule]:
    context = "$(HERE)" if root(backend) == "." else f"$(HERE)/{root(backend)}"
    builds = [
        f"docker build --file $(HERE)/deploy/{DOCKER}/{file.name}.Dockerfile $(LABELS) $(BASES) "
        f"--tag $(PREFIX){file.name}:$(TAG) {context}"
        for file in dockerfiles(backend)
    ]
    builds += [_own_build(name, process.build_spec) for name, process in built(backend).items() if process.build_spec]
    yield Rule("build-images", "build every image, as REGISTRY/NAME:TAG", tuple(builds))
    needs = 'test -n "$(REGISTRY)" || { echo "set the registry: make push-images REGISTRY=ghcr.io/you" >&2; exit 1; }'
    building = f"$(MAKE) --no-print-directory --file $(HERE)/deploy/{FOLDER}/{PATH} build-images"
    pushing = 'for image in $(IMAGES); do docker push "$$image" || exit 1; done'
    yield Rule("push-images", "build every image, and push it to REGISTRY", (needs, building, pushing))
    scanning = {
        "trivy": 'trivy image --exit-code 1 --severity HIGH,CRITICAL "$$image"',
        "grype": 'grype --fail-on high "$$image"',
    }
    yield Rule("scan", "scan every image for High and Critical vulnerabilities", _with_first(HOW["scan"], scanning))
    listing = {
        "syft": 'syft "$$image" --output spdx-json="$$file"',
        "trivy": 'trivy image --format spdx-json --output "$$file" "$$image"',
    }
    file = '$(HERE)/.stead/sbom/$$(basename "$$image" | tr : -).spdx.json'
    folder = "mkdir -p $(HERE)/.stead/sbom"
    yield Rule(
        "sbom",
        "write the package list of every image to .stead/sbom/",
        (folder, *_with_first(HOW["sbom"], listing, file)),
    )


def _own_build(name: str, build: Build) -> str:
    """Return the command that builds from a Dockerfile of the project's own."""
    context = f"$(HERE)/{build.context}"
    arguments = [f"--build-arg {shlex.quote(f'{key}={value}')}" for key, value in sorted(build.args.items())]
    target = [f"--target {shlex.quote(build.target)}"] if build.target else []
    words = [f"docker build --file {context}/{build.dockerfile}", *target, *arguments]
    return " ".join([*words, "$(LABELS)", f"--tag $(PREFIX){name}:$(TAG) {context}"])


def _with_first(otherwise: str, tools: Mapping[str, str], file: str = "") -> tuple[str, ...]:
    """Return a line that runs the first installed tool on every image, or prints where to get one."""
    known = " ".join(f"elif command -v {tool} >/dev/null; then with() {{ {do}; }};" for tool, do in tools.items())
    otherwise = f"else echo '{otherwise}' >&2; exit 1; fi;"
    naming = f'file="{file}"; ' if file else ""
    return (f"{known.removeprefix('el')} {otherwise} for image in $(IMAGES); do {naming}with || exit 1; done",)


def _of_dev(observability: ObservabilityContext) -> Iterator[Rule]:
    secrets = f"$(STEAD) render $(HERE) --secrets {DEV}"
    yield Rule("up-dev", "run it in containers on this machine", (secrets, "$(IN_DEV) up --detach --build --wait"))
    if observability.has_overlay:
        overlay = f"--file ../{NAME}/{FILE}"
        both = (secrets, f"$(IN_DEV) {overlay} up --detach --build --wait")
        about = "the same, with Prometheus on :9090 and Grafana on :3000"
        yield Rule("up-dev-observability", about, both)
    yield Rule("smoke", "test the containers of up-dev", ("$(STEAD) smoke $(HERE) --containers",))
    yield Rule("story", "run story.py against the containers of up-dev", ("$(STEAD) story $(HERE) --containers",))
    yield Rule(
        "logs", "follow the output of containers; SERVICE=… for one", ("$(IN_DEV) logs --follow --tail 100 $(SERVICE)",)
    )
    yield Rule("down", "stop the containers of up-dev, and keep their data", ("$(IN_DEV) down --remove-orphans",))


def _ship(environment: Environment) -> Rule:
    ship = f"$(STEAD) ship compose $(HERE) --env {environment.name} --version $(VERSION)"
    return Rule(
        f"up-{short(environment.name)}",
        f"ship VERSION to {environment.name} on this machine; roll it back when it is unhealthy",
        (ship,),
    )


def _of_data(compose_context: ComposeContext) -> Iterator[Rule]:
    if "s3" in compose_context.servers and has_dev(compose_context.backend):
        bootstrap = f"$(IN_DEV) run --rm {MAKERS['s3']}"
        yield Rule("bucket-bootstrap", "create the buckets and users of up-dev; up-dev does it, too", (bootstrap,))
    if compose_context.servers:
        yield Rule("backup", "back up every database and bucket; ARGS=… for more", ("$(STEAD) backup $(HERE) $(ARGS)",))
        needs = 'test -n "$(ARCHIVE)" || { echo "set the archive: make restore ARCHIVE=backups/…" >&2; exit 1; }'
        restore = "$(STEAD) restore $(ARCHIVE) $(HERE) $(ARGS)"
        yield Rule("restore", "restore ARCHIVE; ARGS=--yes replaces present data", (needs, restore))


def written(file: Makefile) -> str:
    """Return the text of a Makefile; `make` on its own lists the targets."""
    width = max(len(rule.name) for rule in file.rules)
    listing = f"awk -F ':.*## ' '/^[a-z-]+:.*## /{{printf \"  make %-{width}s %s\\n\", $$1, $$2}}' $(MAKEFILE_LIST)"
    helping = Rule("help", "list the targets", (listing,))
    parts = ["\n".join(f"{name} {value}".rstrip() for name, value in file.variables.items())]
    parts += [".DEFAULT_GOAL := help"]
    parts += [_rule(rule) for rule in (helping, *file.rules)]
    parts += [".PHONY: " + " ".join(("help", *(rule.name for rule in file.rules)))]
    return "\n\n".join(parts) + "\n"


def _rule(rule: Rule) -> str:
    return "\n".join([f"{rule.name}: ## {rule.about}", *(f"\t@{line}" for line in rule.lines)])
