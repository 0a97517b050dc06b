"""A Worker's folder has the entry that the description names, and its configuration keeps environments apart."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stead.check.context import Context
from stead.check.facts.toml import LARGEST
from stead.check.rule import rule
from stead.model import AnyService, Environment, Problem, SourceLocation
from stead.model.jsonc import without_comments
from stead.model.worker import entry_of, folder_of
from stead.model.workers_validation import is_worker_path
from stead.model.wrangler import section_bindings


@rule("WORKER010")
def workers_have_an_entry(context: Context) -> Iterator[Problem]:
    """The folder of a Worker has its entry.

    Without it there is nothing to run and nothing to deploy, on any machine: a deploy that skips the folder would leave
    whatever was deployed before in its place. Write `src/index.ts` in the folder, or name the entry itself, as in
    `worker="apps/orders/worker.js"`.
    """
    for service, source, where in _workers(context):
        if is_worker_path(source) and not (context.root / entry_of(source)).is_file():
            message = f"the Worker of {service.name} has no {entry_of(source)}"
            yield Problem("WORKER010", message, where, f'write it, or name the entry: "{source}/worker.ts"')


def _workers(context: Context) -> Iterator[tuple[AnyService, str, SourceLocation]]:
    """Yield each Worker with its source, and the place that names it."""
    for service in context.services:
        if service.worker:
            yield service, str(service.worker), service.where
    environments: tuple[Environment, ...] = tuple(context.backend.environments) if context.backend else ()
    for environment in environments:
        if environment.workers:
            for service, source in environment.workers.sources.items():
                yield service, str(source), environment.workers.where


@rule("WORKER011")
def environments_bind_their_own_workers(context: Context) -> Iterator[Problem]:
    """A Worker's environment binds Workers of that environment.

    Each environment of a Worker is a Worker of its own, named `<name>-<environment>`. A binding of staging to
    `orders-production` lets a test write where customers are, and nothing says so. Name the Worker of the same
    environment, or let Stead render the configuration: it binds no other.
    """
    for path, text, config in _configurations(context):
        environments = _tables(config, "env")
        for name, section in environments.items():
            others = tuple(f"-{other}" for other in environments if other != name)
            for service in _bound(section):
                if service.endswith(others) and not service.endswith(f"-{name}"):
                    message = f"the environment {name} binds {service}, a Worker of another environment"
                    yield Problem("WORKER011", message, _line(path, text, service, name), f"bind the one of {name}")


@rule("WORKER012")
def vars_have_no_secret_s_name(context: Context) -> Iterator[Problem]:
    """A var has not the name of a secret that the Worker requires.

    wrangler writes the vars again at each deploy, so that the var takes the secret's place, in plain text and for
    everybody who may look. Remove the var; for `wrangler dev`, the secret's value goes into `.dev.vars`.
    """
    for path, text, config in _configurations(context):
        for name, section in {"": config, **_tables(config, "env")}.items():
            required = _tables(section, "secrets", kinds=(list,)).get("required", [])
            for var in _tables(section, "vars", kinds=(object,)):
                if var in required:
                    message = f"{var} is a var and a secret that is required{f' in {name}' if name else ''}"
                    yield Problem("WORKER012", message, _line(path, text, var, name), "remove the var")


@rule("WORKER013")
def bindings_have_a_stand_in(context: Context) -> Iterator[Problem]:
    """A Worker that Stead runs has no Durable Objects, for which only wrangler has a stand-in.

    `stead up` runs Workers in workerd with miniflare's KV, D1, R2 and queues, and without Durable Objects: the binding
    would be undefined, and the code would fail at its first use. Describe such a Worker as a program of wrangler's:
    `command="npx wrangler dev --port $PORT"`, with its folder.
    """
    folders = {context.root / folder_of(each.worker): each for each in context.services if each.worker}
    for path, text, config in _configurations(context):
        service = folders.get(path.parent)
        if service is None:
            continue
        for name, section in {"": config, **_tables(config, "env")}.items():
            for kind, binding in _wranglers_own(section):
                message = f"the Worker of {service.name} has the binding {binding} ({kind}), and stead up has none"
                mend = f'run it by wrangler: command="npx wrangler dev --port $PORT", folder="{service.folder}"'
                yield Problem("WORKER013", message, _line(path, text, binding, name), mend)


@rule("WORKER014")
def bindings_are_deployed(context: Context) -> Iterator[Problem]:
    """A Worker's KV, D1, R2, queues and Hyperdrive are in what is rendered for it as well.

    `stead up` takes these bindings from the configuration in the Worker's folder; a deploy takes them from the rendered
    `deploy/workers/<service>/wrangler.jsonc`. A binding that is in the first alone works here, and is undefined on
    Cloudflare. Add it by an edit of the target, `more={"kv_namespaces": […]}`, and render again.
    """
    folders = {context.root / folder_of(each.worker): each for each in context.services if each.worker}
    configurations = {path: (text, config) for path, text, config in _configurations(context)}
    for path, (text, config) in configurations.items():
        service = folders.get(path.parent)
        rendered = context.root / "deploy" / "workers" / service.name / "wrangler.jsonc" if service else path
        if service is None or rendered not in configurations:
            continue
        deployed = _bound_names(configurations[rendered][1])
        for name in sorted(_bound_names(config) - deployed):
            message = f"the Worker of {service.name} binds {name}, and {rendered.relative_to(context.root)} does not"
            yield Problem("WORKER014", message, _line(path, text, name, ""), "add it by an edit, then: stead render")


def _bound_names(config: Mapping[str, Any]) -> set[str]:
    """Return the names of all bindings that a run simulates, and of all queues that are consumed."""
    every = [section_bindings(section) for section in (config, *_tables(config, "env").values())]
    return {each.name for one in every for each in one.bindings} | {
        each.queue for one in every for each in one.consumers
    }


def _wranglers_own(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the bindings for which wrangler alone has a stand-in: their kind, and what they are called."""
    objects = _tables(section, "durable_objects", (list,)).get("bindings")
    yield from (("durable_objects", name) for name in _names(objects, "name"))


def _names(listed: object, key: str) -> Iterator[str]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get(key), str):
            yield each[key]


def _configurations(context: Context) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield each configuration of wrangler that can be read; what cannot is told by other rules."""
    for path in sorted(context.tree.named("wrangler.toml", "wrangler.json", "wrangler.jsonc")):
        text = context.tree.text(path) or ""
        try:
            config = tomllib.loads(text) if path.suffix == ".toml" else json.loads(without_comments(text))
        except (ValueError, RecursionError):
            continue
        if isinstance(config, Mapping) and len(text) <= LARGEST:
            yield path, text, config


def _tables(config: Mapping[str, Any], name: str, kinds: tuple[type, ...] = (Mapping,)) -> dict[str, Any]:
    """Return what a table holds of these types; nothing where there is no such table."""
    table = config.get(name)
    return (
        {key: value for key, value in table.items() if isinstance(value, kinds)} if isinstance(table, Mapping) else {}
    )


def _bound(section: Mapping[str, Any]) -> Iterator[str]:
    services = section.get("services")
    for each in services if isinstance(services, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("service"), str):
            yield each["service"]


def _line(path: Path, text: str, word: str, environment: str) -> SourceLocation:
    """Return where a word is in the part of an environment; the first such line is close enough."""
    lines = text.splitlines()
    marks = (f"[env.{environment}", f'"{environment}"')
    start = next((number for number, line in enumerate(lines) if environment and line.strip().startswith(marks)), 0)
    config = [number for number in range(start, len(lines)) if word in lines[number]]
    given = re.compile(rf"""["']?{re.escape(word)}["']?\s*[=:]""")
    number = next((each for each in config if given.search(lines[each])), config[0] if config else start)
    return SourceLocation(str(path), number + 1, max(lines[number].find(word), 0) + 1 if lines else 1)


RULES = (
    workers_have_an_entry,
    environments_bind_their_own_workers,
    vars_have_no_secret_s_name,
    bindings_have_a_stand_in,
    bindings_are_deployed,
)
