"""What GitLab's pipeline says: images, files that it includes, commands, and secrets exposed."""

from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts.node import Node
from stead.check.facts.shell import ROOT, tidy
from stead.check.facts.workflow import leaked, script

COMMANDS = ("before_script", "script", "after_script")


def add_facts(root: Node, facts: Facts) -> None:
    """Add what a pipeline says. Every mapping at its top that has commands or an image is a job."""
    for each in included.each() if (included := root.get("include")) else ():
        local = each if each.text else each.get("local")
        path = (local.text or "").lstrip("/") if local is not None else ""
        if local is not None and path and "://" not in path and "$" not in path and "*" not in path:
            facts.paths.append(At(f"{ROOT}/{tidy(path)}", local.line, local.column, "ci read"))
    for job in (root, *(value for _, value in root.entries() if value.pairs)):
        _job(job, facts)


def _job(job: Node, facts: Facts) -> None:
    for node in _images(job):
        if node.text:
            facts.images.append(At(node.text, node.line, node.column, "image"))
    variables = job.get("variables")
    if variables is not None:
        leaked(variables, facts)
    for name in COMMANDS:
        for line in commands.each() if (commands := job.get(name)) else ():
            script(line, facts, ROOT, "ci")


def _images(job: Node) -> Iterator[Node]:
    image, services = job.get("image"), job.get("services")
    for node in (image, *(services.items or () if services is not None else ())):
        if node is not None:
            yield node if node.text else node.get("name") or node
