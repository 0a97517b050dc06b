"""Documents: what they link to is there, down to the heading."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.path.renaming import renaming
from stead.check.path.resolved_path import MACHINES, linked, resolved_paths, targets
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

MACHINE = re.compile(r"^(?:file:|/home/\w|/Users/\w|/root/|[A-Za-z]:[\\/])")
FILLED_IN = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+/")  # `IMG_URL/a.png`: a program puts the address there
LINES = re.compile(r"^L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?$")  # how GitHub names lines of code
HISTORY = re.compile(r"^(?:changelog|changes|history|news|release)", re.IGNORECASE)  # tells of names that are no more
PAGES = (".md", ".markdown")


@rule("PATH010")
def links_lead_somewhere(context: Context) -> Iterator[Problem]:
    """A link or an image in a document leads to an existing file.

    Links are resolved from the document's folder, and those that begin with a slash from the top of the repository.
    PATH018 reports a file that git ignores. Fix the path, or remove the link.
    """
    for file, at, path, _, target in context.once(linked):
        if target.state in ("missing", "built") and not FILLED_IN.match(at.text):
            near = context.once(targets).near(path)
            mend = f"link to {_from(context, file, near)}" if near else "fix the path, or remove the link"
            yield Problem("PATH010", f"the link to {at.text} leads nowhere", place(file, at), mend)


@rule("PATH011", severity="warning")
def anchors_are_headings(context: Context) -> Iterator[Problem]:
    """The anchor of a link is a heading of the target page.

    After a heading was renamed, the link opens the page at its top. Anchors are built as on GitHub: lower case, without
    punctuation, hyphens for spaces. Fix the anchor, or give the heading its old name by `<a id="…"></a>`.
    """
    for file, at, _, anchor, target in context.once(linked):
        page = context.root / target.path if target.path else file
        if not anchor or target.state != "there" or page.suffix not in PAGES or page not in context.tree.known:
            continue
        known = {each.text: each for each in context.facts(page).anchors}
        lowered = {text.lower() for text in known}
        if anchor not in known and anchor.lower() not in lowered and not LINES.match(anchor) and anchor != "top":
            near = next((text for text in known if anchor.lower() in text or (text and text in anchor.lower())), "")
            mend = f"link to #{near}" if near else "name one of the page's headings"
            also = SourceLocation(str(page)) if page != file else None
            yield Problem("PATH011", f"{page.name} has no heading for #{anchor}", place(file, at), mend, also)


@rule("PATH012", severity="warning")
def references_are_defined(context: Context) -> Iterator[Problem]:
    """A reference link, `[words][name]`, has its `[name]: …` in the same document.

    Without it no link is made, and the reader sees the brackets. Define the name at the end of the document.
    """
    for file, at in context.each("faults"):
        if at.more == "reference":
            mend = f"add [{at.text}]: … to the document"
            yield Problem("PATH012", f"nothing defines the reference [{at.text}]", place(file, at), mend)


@rule("PATH013")
def no_path_is_one_machines(context: Context) -> Iterator[Problem]:
    r"""No link, script or Compose file names a path of one person's machine: `/home/ann/…`, `C:\Users\…`.

    It does not exist on other machines. Use a path in the repository, or a setting.
    """
    for kind in ("links", "paths"):
        for file, at in context.each(kind):
            if MACHINE.match(at.text) or (kind == "paths" and at.text.startswith(MACHINES)):
                message = f"{at.text} exists on one machine only"
                yield Problem("PATH013", message, place(file, at), "name it relative to the repository")


@rule("PATH020", severity="warning", fix=renaming)
def no_folder_is_called_by_its_old_name(context: Context) -> Iterator[Problem]:
    """A path in a document's text, or in a script's variable, does not contain the old name of a folder.

    After `infra/` became `backend-infra/`, readers and scripts with `infra/backup` fail. Reported only if a folder with
    a similar name has the rest of the path. Write the new name. Change logs may contain old names.
    """
    for each in context.once(resolved_paths):
        if each.how != "mentioned" or each.target.state != "missing" or HISTORY.match(each.file.name):
            continue
        starts = (each.base,) if each.at.text.startswith("@") else (each.base, ".")
        words = each.at.text.partition("/")[2] if each.at.text.startswith("@") else each.at.text
        paths = (posixpath.normpath(f"{start}/{words}") for start in starts)
        renamed = next(filter(None, (context.once(targets).renamed(path) for path in paths)), "")
        if renamed:
            message = f"{words} contains a folder that does not exist"
            yield Problem("PATH020", message, each.place, f"write {renamed}")


def _from(context: Context, file: Path, path: str) -> str:
    """Return a path as a link in a file has to write it."""
    return posixpath.relpath(f"{context.root.as_posix()}/{path}", file.parent.as_posix())


RULES = (
    links_lead_somewhere,
    anchors_are_headings,
    references_are_defined,
    no_path_is_one_machines,
    no_folder_is_called_by_its_old_name,
)
