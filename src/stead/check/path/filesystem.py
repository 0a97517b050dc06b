"""Places: names that every system can hold, and links of the file system that lead somewhere."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.file_reference import BUILT
from stead.check.rule import rule
from stead.check.tree import PASSED_OVER
from stead.model import Problem, SourceLocation

MADE = BUILT | PASSED_OVER - {".git"}  # a link into it leads somewhere after a build or an install


@rule("PATH019")
def links_of_the_disk_lead_somewhere(context: Context) -> Iterator[Problem]:
    """A symbolic link has an existing target in the repository.

    A dangling or cyclic link, or one to a folder of one machine, breaks tools that walk the tree. Remove it, or use a
    relative path in the repository. The rule skips links into folders of a build or an install (`.venv`,
    `node_modules`, `dist`).
    """
    for path in context.tree.files:
        if path.is_symlink() and not MADE.intersection(path.readlink().parts):
            wrong = (
                "leads nowhere" if not path.exists() else "leads out of the repository" * path.readlink().is_absolute()
            )
            if wrong:
                message = f"the link {path.name} {wrong}"
                yield Problem("PATH019", message, SourceLocation(str(path)), "remove it, or use a relative path")


@rule("PATH022")
def names_differ_by_more_than_case(context: Context) -> Iterator[Problem]:
    """No two files differ only in the case of their letters.

    A Mac or Windows checks out only one of the two, and shows the other as changed. Rename one.
    """
    first: dict[str, str] = {}
    for path in context.tree.files:
        name = str(path)
        other = first.setdefault(name.lower(), name)
        if other != name:
            message = f"{path.name} and {other.rpartition('/')[2]} are one file on a Mac"
            yield Problem("PATH022", message, SourceLocation(name), "rename one of them", SourceLocation(other))


RULES = (links_of_the_disk_lead_somewhere, names_differ_by_more_than_case)
