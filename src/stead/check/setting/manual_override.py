"""Values set by a deployment and by hand: each value has one source, and a deployment takes away nobody's.

`wrangler deploy` makes the Worker's vars what `wrangler.toml` and `--var` say, and removes those set in the dashboard;
with `--keep-vars` (or `keep_vars = true`) it leaves them. Source: Cloudflare, "Wrangler commands: deploy".
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at
from stead.model import Problem, Process
from stead.model.setting import REQUIRED
from stead.model.wiring import Supplied

VAR = re.compile(r"--var[= ]+[\"']?([A-Za-z_][A-Za-z0-9_]*):")
WORKER = "wrangler.toml"


def _deploys(context: Context) -> list[tuple[Path, At]]:
    return list(context.each("deploys"))


def _keeps_value(context: Context, config: Path, at: At) -> bool:
    return "--keep-vars" in at.text or "keep_vars = true" in (context.tree.text(config) or "")


@rule("SETTING023")
def a_value_has_one_source(context: Context) -> Iterator[Problem]:
    """A var of a Worker is set by its `wrangler.toml` or by the deployment's `--var`, not by both.

    `--var` takes precedence over the file; a deployment without the flag restores the file's value. VERSION and
    ENVIRONMENT belong to the deployment: remove them from the file. The rule skips a deployment with `--keep-vars`.
    """
    for path, at in _deploys(context):
        given = set(VAR.findall(at.text))
        for config in context.tree.named(WORKER) if given else ():
            for var in context.facts(config).sets:
                if var.text in given and var.more.startswith("vars") and not _keeps_value(context, config, at):
                    message = f"{var.text} is set by this deployment and by {config.relative_to(context.root)}"
                    mend = f"remove {var.text} from {config.relative_to(context.root)}"
                    yield Problem("SETTING023", message, place(path, at), mend, place(config, var))


@rule("SETTING024", severity="warning")
def a_deployment_takes_nothing_away(context: Context) -> Iterator[Problem]:
    """A deployment of a Worker keeps the vars that are set in the dashboard.

    A required var that is neither in `wrangler.toml` nor in a `--var` nor in an environment was set by hand; without
    `--keep-vars` the next deployment removes it. Add the value to one of these places, or deploy with `--keep-vars`.
    Secrets are kept in any case.
    """
    deploys = _deploys(context)
    given = {name for _, at in deploys for name in VAR.findall(at.text)}
    careless = [(path, at) for path, at in deploys if "--keep-vars" not in at.text]
    for process in context.runs if careless else ():
        folder = context.folders[process.name]
        config = folder / WORKER if folder else None
        if config not in context.tree.known or config is None or _keeps_value(context, config, careless[0][1]):
            continue
        configured = given | {at.text for at in context.facts(config).sets}
        for name in _by_hand(context, process):
            if name not in configured:
                message = f"this deployment removes {name} of {process.name}, which was set by hand"
                mend = f"give {name} in {config.relative_to(context.root)}, or deploy with --keep-vars"
                yield Problem("SETTING024", message, place(*careless[0]), mend, declared_at(context, process, name))


def _by_hand(context: Context, process: Process) -> Iterator[str]:
    """Yield the vars that someone must give a process, and that no environment gives."""
    environments = context.backend.environments if context.backend else ()
    values = {
        name for each in environments for service, given in each.values.items() if service is process for name in given
    }
    for name, wire in context.wired[process.name].items():
        supplied = isinstance(wire.value, Supplied) and wire.setting.default is REQUIRED
        if supplied and not wire.setting.secret and name not in values:
            yield name


RULES = (a_value_has_one_source, a_deployment_takes_nothing_away)
