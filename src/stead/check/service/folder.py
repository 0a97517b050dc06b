"""Folders: what looks like a service is declared, and what is declared can be built like the others."""

import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.service.command import commands
from stead.check.source import SCRIPTS, SERVES, Runs
from stead.model import AnyService, Problem, SourceLocation
from stead.model.worker import folder_of
from stead.render.drift import FOLDER

WORKER = ("wrangler.toml", "wrangler.json", "wrangler.jsonc")
# A manifest, and one of the files beside or below it that a service starts in.
STARTS = {
    "package.json": ("src/index", "src/server", "src/main", "server", "index", "main", "app"),
    "go.mod": ("main", "cmd"),
    "Cargo.toml": ("src/main",),
    "pom.xml": ("src/main",),
    "build.gradle": ("src/main",),
    "build.gradle.kts": ("src/main",),
}
# What makes an image of a program by itself: Jib, and the buildpacks of Spring Boot where they are set up.
BUILDERS = re.compile(r"com\.google\.cloud\.tools|jib-maven-plugin|bootBuildImage|build-image(?:-no-fork)?<")
APPS = ("app.py", "main.py", "asgi.py", "wsgi.py")
FACTORIES = frozenset({"create", "create_app", "make_app", "app", "application"})
ASIDE = re.compile(
    r"tests?|e2e|examples?|docs?|tools|scripts|benchmarks?|packages|libs?|vendor|third_party|fixtures|node_modules|\..+"
)
# What makes a program of a module; without it a build makes a library.
PROGRAM = {
    "build.gradle": re.compile(
        r"org\.springframework\.boot['\"]\)?(?![^\n]{0,80}apply false)|['\"(\s`]application['\")\s`]|\bmainClass\b"
        r"|io\.micronaut\.application|io\.quarkus|io\.ktor\.plugin|\.jib['\"]|shadow['\"]"
    ),
    "pom.xml": re.compile(
        r"spring-boot-maven-plugin|exec-maven-plugin|jib-maven-plugin|quarkus-maven-plugin|<mainClass>|<packaging>war<"
    ),
}
PROGRAM["build.gradle.kts"] = PROGRAM["build.gradle"]
STORES = re.compile(
    r"(?mi)^[ \t]*FROM\s+(?:--\S+\s+)*(?:\S+/)?(?:postgres|postgis|timescaledb|mysql|mariadb|percona|mongo|redis|valkey"
    r"|rabbitmq|kafka|cassandra|elasticsearch|opensearch|memcached|clickhouse-server|minio|nats|cockroach|influxdb)(?=[:@\s]|$)"
)
STARTED = re.compile(r"(?mi)^[ \t]*(?:CMD|ENTRYPOINT|EXPOSE)\s")  # without one it is a tool or a base image
FRONTEND = re.compile(r'"(?:react|react-dom|vue|svelte|@angular/core|next|nuxt|vite|astro|solid-js)"\s*:')


@rule("SERVICE022", severity="warning")
def services_are_declared(context: Context) -> Iterator[Problem]:
    """A folder that looks like a service is declared as one.

    It has the files of a service: a Worker's configuration, a Dockerfile beside code, a manifest beside the start file,
    a Python app. An undeclared service is neither run nor checked nor delivered. Declare it, remove it, or silence this
    with the reason why it is something else. A Python app in a folder of a program at the top is a part of that
    program. A manifest of a program that does not listen may belong to a tool, and is reported with `--strict`.
    """
    if context.backend is None:
        return
    taken = {folder for process in context.runs if (folder := context.folders[process.name])}
    taken |= {path.parent for paths in context.own.values() for path in paths} | _sources(context) | _builds(context)
    taken_names = {name for process in context.runs if process.image for name in _image_names(process)}
    edge = taken_names | {context.backend.gateway.name} if context.backend.gateway else taken_names
    lost = {process.name for process, folder in commands(context) if not folder.is_dir()}  # SERVICE013 tells
    at_top = any(process.command and Path(process.folder) == Path() for process in context.runs)
    done: set[Path] = set()
    for folder, mark in sorted(_marks(context).items()):
        if at_top and mark.name in APPS:
            continue
        if folder.name not in edge | lost and not _is_within(folder, taken | done) and not _holds(folder, taken):
            done.add(folder)
            message = (
                f"{folder.relative_to(context.root)} looks like a service, by its {mark.name}, and is not declared"
            )
            mend = f'declare it: Service("{folder.name}", command=…, folder="{folder.relative_to(context.root)}")'
            sure = mark.name not in STARTS or _serves(context, folder)
            yield Problem("SERVICE022", message, SourceLocation(str(mark), 1, 1), mend, sure=sure)


def _serves(context: Context, folder: Path) -> bool:
    """Return whether code below a folder waits for requests."""
    code = (path for path in context.tree.below(folder) if path.suffix in SCRIPTS)
    return any(SERVES.search(context.tree.text(path) or "") for path in code)


def _sources(context: Context) -> set[Path]:
    """Return the folders of the Workers that stand for services where an environment is deployed to Workers."""
    environments = context.backend.environments if context.backend else ()
    deployed = [environment.workers for environment in environments if environment.workers]
    return {context.root / folder_of(source) for workers in deployed for source in workers.sources.values()}


def _builds(context: Context) -> set[Path]:
    """Return the folders of the Dockerfiles that processes are built by; one at the top tells of no folder."""
    builds = [build for process in context.runs if (build := process.build_spec)]
    return {Path(normpath(context.root / each.context / each.dockerfile)).parent for each in builds} - {context.root}


def _image_names(process: Runs) -> set[str]:
    """Return under which names a process that is only an image may have its folder here."""
    image = process.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return {process.name, image}


def _is_within(folder: Path, others: set[Path]) -> bool:
    return folder in others or any(above in others for above in folder.parents)


def _holds(folder: Path, others: set[Path]) -> bool:
    return any(folder in other.parents for other in others)


def _marks(context: Context) -> dict[Path, Path]:
    """Return the folders that look like a service, each with the file that makes it so."""
    found: dict[Path, Path] = {}
    for path in context.tree.named(*WORKER, "Dockerfile", *STARTS, *APPS):
        inner = path.relative_to(context.root).parts[:-1]
        folder = path.parent.parent if path.name in APPS and path.parent.name in ("src", "app") else path.parent
        aside = any(ASIDE.fullmatch(part) for part in inner)
        if inner and folder != context.root and not aside and folder not in found and _is_mark(context, path, folder):
            found[folder] = path
    return found


def _is_mark(context: Context, path: Path, folder: Path) -> bool:
    if FRONTEND.search(context.tree.text(folder / "package.json") or "") or _is_delivery(context, folder):
        return False
    if path.name in WORKER:
        return True
    below = context.tree.below(folder)
    if path.name == "Dockerfile":
        text = context.tree.text(path) or ""
        if STORES.search(text) or not STARTED.search(text):
            return False
        return any(each.suffix in SCRIPTS or each.suffix == ".py" for each in below)
    if path.name in APPS:
        return any(at.text in FACTORIES for at in context.facts(path).names) and _imports_a_framework(context, path)
    program = PROGRAM.get(path.name)
    if program and not program.search(context.tree.text(path) or ""):
        return False
    starts = tuple(str(folder / start) for start in STARTS[path.name])
    return any(str(each).startswith(starts) and each.suffix in SCRIPTS for each in below)


def _is_delivery(context: Context, folder: Path) -> bool:
    """Tell the folder of a declared process below `deploy/`: what it is delivered by, rendered or owned."""
    names = {process.name for process in context.backend.processes} if context.backend else set()
    return folder.is_relative_to(context.root / FOLDER) and folder.name in names


def _imports_a_framework(context: Context, path: Path) -> bool:
    known = ("fastapi", "starlette", "litestar", "flask", "django", "aiohttp", "sanic", "quart", "stead.kit.app")
    return any(at.text.startswith(known) for at in context.facts(path).imports)


@rule("SERVICE023", severity="warning")
def commands_have_a_dockerfile_like_the_others(context: Context) -> Iterator[Problem]:
    """If most commands have a Dockerfile, all have one.

    A service without one is not delivered. The Dockerfile is the one in `build=`, or it is in the
    service's folder (`Dockerfile`, `Dockerfile.prod`, `docker/Dockerfile`), or is named after the service elsewhere:
    `docker/Dockerfile.orders`, `orders.Dockerfile`, `docker/orders/Dockerfile`. Write the missing one like the others.
    Services in Python that Stead starts itself need none of their own, nor does what Jib, Spring Boot's
    `bootBuildImage` or a `Procfile` makes an image of. Told with `--strict`: where fewer of the commands have one than
    have none.
    """
    with_one: list[AnyService] = []
    without: list[AnyService] = []
    named = frozenset(path for path in context.tree.files if "Dockerfile" in path.name)
    for service in context.services:
        folder = context.folders[service.name] if service.command else None
        if folder is not None and folder.is_dir() and not _is_built_without(context, folder):
            found = bool(service.build) or _has_a_dockerfile(folder, {service.name, folder.name}, named)
            (with_one if found else without).append(service)
    for service in without if with_one else ():
        message = f"{service.name} has no Dockerfile, and {with_one[0].name} has one"
        mend, sure = f"write {service.folder}/Dockerfile", len(without) < len(with_one)
        yield Problem("SERVICE023", message, service.where, mend, with_one[0].where, sure=sure)


def _has_a_dockerfile(folder: Path, names: set[str], every: frozenset[Path]) -> bool:
    """Return whether one of the Dockerfiles is below a service's folder, or is named after the service."""
    titles = {title for name in names for title in (f"Dockerfile.{name}", f"{name}.Dockerfile")}
    return any(path.is_relative_to(folder) or path.name in titles or path.parent.name in names for path in every)


def _is_built_without(context: Context, folder: Path) -> bool:
    """Return whether the build of a folder makes an image without a Dockerfile."""
    if folder / "Procfile" in context.tree.known:
        return True
    manifests = (folder / name for name in ("build.gradle", "build.gradle.kts", "pom.xml"))
    return any(BUILDERS.search(context.tree.text(path) or "") for path in manifests if path in context.tree.known)


RULES = (services_are_declared, commands_have_a_dockerfile_like_the_others)
