"""How a process in Python starts: its module is there, and has the callable. Neither is imported to find out."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.source import Runs, entry_of, locate, module_of
from stead.model import Problem


@rule("SERVICE010")
def modules_are_found(context: Context) -> Iterator[Problem]:
    """The module of a service or a job exists.

    It is searched beside the backend.py, then on Python's path: `orders.app:create` is `orders/app.py`. Without it the
    service never starts. Fix the name, or install the package.
    """
    for process in context.runs:
        module = module_of(process)
        if module and locate(module, context.root) is None:
            message = f"the module {module} of {process.name} does not exist"
            mend = f"write {module.replace('.', '/')}.py, or fix the name"
            yield Problem("SERVICE010", message, process.where, mend)


@rule("SERVICE011")
def callables_are_defined(context: Context) -> Iterator[Problem]:
    """The callable of a service or a job is defined in its module.

    The code is read, not run: a function, a class, an assignment or an import of that name at the module's top will do.
    Fix the name after the colon, or define it.
    """
    for process in context.runs:
        entry = entry_of(process)
        module, _, name = entry.partition(":")
        if entry and not name:
            message = f"{entry!r} of {process.name} does not name a function"
            yield Problem("SERVICE011", message, process.where, f'write "{module}:create"')
        elif name and not _defines(context, process, name.partition(".")[0]):
            message = f"{process.name} starts with {name}, which {module} does not define"
            yield Problem("SERVICE011", message, process.where, f"define {name} in {module}, or fix the name")


def _defines(context: Context, process: Runs, name: str) -> bool:
    """Return whether a module offers a name; it does where that cannot be determined from its text."""
    file = locate(module_of(process), context.root)
    if file is None or (file.is_file() and file.suffix != ".py"):
        return True
    facts = context.facts(file)
    return bool(facts.faults) or any(at.text in (name, "*") for at in facts.names)


@rule("SERVICE012")
def jobs_can_be_started(context: Context) -> Iterator[Problem]:
    """A job starts in exactly one way: a Python function, a command, an image or a build.

    With none there is nothing to start, and dependents of the job wait forever; with two, different targets could run
    different programs. Keep one. A command may be beside an image, whose entrypoint it replaces, and beside a build, in
    whose place it starts on this machine.
    """
    for job in context.backend.jobs if context.backend else ():
        given = [name for name in ("entry", "command", "image", "build") if getattr(job, name)]
        if len(given) != 1 and given not in (["command", "image"], ["command", "build"]):
            message = f"{job.name} has {' and '.join(given) or 'nothing'} to start with"
            yield Problem("SERVICE012", message, job.where, "give exactly one of entry, command, image and build")


RULES = (modules_are_found, callables_are_defined, jobs_can_be_started)
