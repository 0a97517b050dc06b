"""A Worker's folder has the entry that the description names, and its configuration keeps environments apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import AnyService, Environment, Problem, SourceLocation
from stead.model.worker import entry_of, folder_of
from stead.model.workers_validation import is_worker_path
from stead.model.wrangler import NAMES, parsed, section_bindings
from stead.model.wrangler_faults import (
    Configuration,
    Fault,
    binding_faults,
    environment_faults,
    names_of,
    secret_faults,
    secrets_of,
)


@rule("WORKER010")
def workers_have_an_entry(context: Context) -> Iterator[Problem]:
    """The folder of a Worker has its entry file.

    Without it there is nothing to run and nothing to deploy, on any machine: a deploy that skips the folder would leave
    an old version deployed. Write `src/index.ts` in the folder, or name the entry itself, as in
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
    `orders-production` silently lets a test write production data. Name the Worker of the same
    environment, or let Stead render the configuration: it binds no other.
    """
    for config in context.once(_configurations):
        yield from (_problem("WORKER011", fault) for fault in environment_faults(context.backend, config))


@rule("WORKER012", shown=False)
def vars_have_no_secret_s_name(context: Context) -> Iterator[Problem]:
    """A var does not have the name of a secret that the Worker requires.

    wrangler writes the vars at each deploy, so that the var replaces the secret in plain text. Remove the var; for
    `wrangler dev`, the secret's value goes into `.dev.vars`.
    """
    described = {config.file: secrets_of(service) for service, config in context.once(_described).items()}
    for config in context.once(_configurations):
        secrets = described.get(config.file, frozenset())
        yield from (_problem("WORKER012", fault) for fault in secret_faults(config, secrets))


def _problem(code: str, fault: Fault) -> Problem:
    return Problem(code, fault.message, fault.place, fault.mend)


@rule("WORKER013")
def bindings_have_a_stand_in(context: Context) -> Iterator[Problem]:
    """A Worker that Stead runs has no Durable Objects, which only wrangler can emulate.

    `stead up` runs Workers in workerd with miniflare's KV, D1, R2 and queues, and without Durable Objects: the binding
    would be undefined, and the code would fail at its first use. Describe such a Worker as a program of wrangler's:
    `command="npx wrangler dev --port $PORT"`, with its folder.
    """
    for service, config in context.once(_described).items():
        for name, section in config.sections():
            for kind, binding in _wranglers_own(section):
                message = (
                    f"the Worker of {service.name} has the binding {binding} ({kind}), which stead up does not support"
                )
                folder = config.file.parent.relative_to(context.root)
                mend = f'run it by wrangler: command="npx wrangler dev --port $PORT", folder="{folder}"'
                yield Problem("WORKER013", message, config.place_of(binding, name), mend)


@rule("WORKER014")
def bindings_are_deployed(context: Context) -> Iterator[Problem]:
    """A Worker's KV, D1, R2, queues, Hyperdrive and cron triggers are in its rendered configuration, too.

    `stead up` takes these bindings from the configuration in the Worker's folder; a deploy takes them from the rendered
    `deploy/workers/<service>/wrangler.jsonc`. A binding only in the first works here, and is undefined on Cloudflare; a
    cron trigger there never fires. Add it by an edit of the target, `more={"kv_namespaces": […]}` or `more={"triggers":
    {"crons": […]}}`, and render again.
    """
    configurations = {config.file: config for config in context.once(_configurations)}
    for service, config in context.once(_described).items():
        rendered = configurations.get(context.root / "deploy" / "workers" / service.name / "wrangler.jsonc")
        if rendered is None:
            continue
        file = rendered.file.relative_to(context.root)
        for name in sorted(_bound_names(config) - _bound_names(rendered)):
            message = f"the Worker of {service.name} binds {name}, but {file} does not"
            yield Problem("WORKER014", message, config.place_of(name, ""), "add it by an edit, then: stead render")
        deployed = {cron for _, cron in rendered.crons()}
        for section, cron in dict.fromkeys(each for each in config.crons() if each[1] not in deployed):
            message = f"the Worker of {service.name} has the cron trigger {cron!r}, and {file} does not"
            yield Problem("WORKER014", message, config.place_of(cron, section), "add it by an edit, then: stead render")


@rule("WORKER015")
def bindings_are_declared_calls(context: Context) -> Iterator[Problem]:
    """A Worker binds Workers that the description declares, and that its service calls.

    `stead up` and a deploy bind the callees of the description, under the names that it gives. A binding that only the
    configuration in the Worker's folder has is undefined in both, and the code fails at its first use. Describe the
    Worker and declare the call, or remove the binding.
    """
    if context.backend is None:
        return
    described = context.once(_described)
    names = names_of(described)
    for service, config in described.items():
        faults = binding_faults(service, context.backend, config, names)
        yield from (_problem("WORKER015", fault) for fault in faults)


def _bound_names(config: Configuration) -> set[str]:
    """Return the names of all bindings that a run simulates, and of all queues that are consumed."""
    every = [section_bindings(section) for _, section in config.sections()]
    return {each.name for one in every for each in one.bindings} | {
        each.queue for one in every for each in one.consumers
    }


def _wranglers_own(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the bindings for which wrangler alone has a stand-in: their kind, and what they are called."""
    objects = section.get("durable_objects")
    listed = objects.get("bindings") if isinstance(objects, Mapping) else None
    yield from (("durable_objects", name) for name in _names(listed, "name"))


def _names(listed: object, key: str) -> Iterator[str]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get(key), str):
            yield each[key]


def _described(context: Context) -> dict[AnyService, Configuration]:
    """Return the configuration in the folder of each Worker: the first there, as for wrangler itself."""
    folders = {folder_of(source): service for service, source, _ in _workers(context) if is_worker_path(source)}
    found: dict[AnyService, Configuration] = {}
    every = sorted(context.once(_configurations), key=lambda config: NAMES.index(config.file.name))
    for folder, service in folders.items():
        here = [config for config in every if config.file.parent == context.root / folder]
        found |= {service: here[0]} if here else {}
    return found


def _configurations(context: Context) -> tuple[Configuration, ...]:
    """Return each configuration of wrangler that can be read; what cannot is told by other rules."""
    found = []
    for path in sorted(context.tree.named(*NAMES)):
        text = context.tree.text(path) or ""
        try:
            found.append(Configuration(path, text, parsed(path.name, text)))
        except ValueError:
            continue
    return tuple(found)


RULES = (
    workers_have_an_entry,
    environments_bind_their_own_workers,
    vars_have_no_secret_s_name,
    bindings_have_a_stand_in,
    bindings_are_deployed,
    bindings_are_declared_calls,
)
