"""Modules beside the description: each can be imported, since no library has its name."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation
from stead.model.interpreter import shadowed


@rule("SERVICE040")
def modules_are_not_shadowed(context: Context) -> Iterator[Problem]:
    """No module beside the backend.py has the name of a module of the standard library, or of an installed package.

    The folder of a description is last on the path of its processes, so that a `calendar.py` there cannot break a
    library that imports `calendar`. `import calendar` then gives the library's module, never the one beside the
    description. Rename the file or the folder.
    """
    for path, instead in shadowed(context.root):
        file = path if path.suffix else path / "__init__.py"
        if file in context.tree.known:
            message = f"{path.name} is never imported: {path.stem} is {instead}"
            yield Problem("SERVICE040", message, SourceLocation(str(file)), f"rename {path.name}")


RULES = (modules_are_not_shadowed,)
