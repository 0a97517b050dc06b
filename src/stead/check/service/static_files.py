"""Static files: the folder of a front end has an index.html, or its build writes one."""

import posixpath
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.path.resolved_path import targets
from stead.check.rule import rule
from stead.model import Problem
from stead.model.static_files import INDEX, is_plain


@rule("SERVICE030")
def front_ends_have_an_index(context: Context) -> Iterator[Problem]:
    """The folder of a front end of static files has an `index.html`.

    It is the page of every path that the front end routes itself; without it the service does not start. An ignored
    folder is the output of a build, and may be missing. Run the build, or fix the folder.
    """
    found = context.once(targets)
    for service in (each for each in context.services if each.static and is_plain(str(each.static))):
        path = posixpath.normpath(f"{service.static}/{INDEX}")
        target = found.find(path, ["."])
        if target.state in ("missing", "case"):
            near = f"; there is {target.near}" if target.near else ""
            message = f"{service.name} serves {service.static}, which has no {INDEX}{near}"
            yield Problem("SERVICE030", message, service.where, "run the front end's build, or correct static=")


RULES = (front_ends_have_an_index,)
