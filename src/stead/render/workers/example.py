"""Examples of env files: the vars and secrets of a deploy, and those of `wrangler dev` for one Worker."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stead.model import Setting
from stead.render.workers.context import Deployed, WorkersContext


def of_deploy(context: WorkersContext) -> str:
    """Return the example of `.env.<environment>`: everything that a deploy of the environment needs, each once."""
    name = context.environment.name
    head = (
        f"# What `stead ship workers --env {name}` needs; CI gives the same names in its environment.\n"
        f"# Copy this to .env.{name}, which git does not see.\n\n"
        "# Secret. The API token of Cloudflare, with the permission to edit Workers.\nCLOUDFLARE_API_TOKEN=\n"
    )
    account = "" if context.workers.account else "# The account's id, 32 hexadecimal digits.\nCLOUDFLARE_ACCOUNT_ID=\n"
    found: dict[str, tuple[Setting, list[str]]] = {}
    for process in context.processes:
        for setting in settings(process, context):
            named = replace(setting, name=context.source_name(process, setting))
            found.setdefault(named.name, (named, []))[1].append(process.name)
    lines = (_line(setting, readers) for _, (setting, readers) in sorted(found.items()))
    return "\n".join(filter(None, (head, account, *lines)))


def of_dev(process: Deployed, context: WorkersContext) -> str:
    """Return the example of `.dev.vars.<environment>` of one Worker."""
    name = context.environment.name
    head = f"# For `wrangler dev --env {name}` in this folder: copy this to .dev.vars.{name}, which git does not see.\n"
    version = _line(replace(VERSION, default="dev"), ())
    return "\n".join([head, version, *(_line(setting, ()) for setting in settings(process, context))])


VERSION = Setting("VERSION", help="The deployed version, which /health reports.")


def settings(process: Deployed, context: WorkersContext) -> Iterator[Setting]:
    """Yield the vars and secrets of a process that have no value in the description."""
    yield from context.supplied(process)
    yield from context.secrets(process, required=True)
    yield from context.secrets(process, required=False)


def _line(setting: Setting, readers: Iterable[str]) -> str:
    about = " ".join(filter(None, ("Secret." if setting.secret else "", setting.help)))
    by = f" ({', '.join(readers)})" if readers else ""
    value = "" if setting.required or setting.default is None else str(setting.default)
    mark = "" if setting.required or setting.name == VERSION.name else "#"
    return f"# {about}{by}\n{mark}{setting.name}={value}\n"
