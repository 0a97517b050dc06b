"""What GitLab's pipeline says: images, files that it includes, commands, and secrets exposed."""

from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts.node import Node
from stead.check.facts.shell import ROOT, tidy
from stead.check.facts.workflow import is_below, leaked, script

SHELLS = (("before_script", "script"), ("after_script",))  # the keys whose commands one shell runs, one after the other


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
    before = len(facts.paths)
    made = frozenset().union(*(script(_lines(job, names), facts, ROOT, "ci") for names in SHELLS))
    facts.paths[before:] = [at for at in facts.paths[before:] if not is_below(at.text, tuple(made))]


def _lines(job: Node, names: tuple[str, ...]) -> list[Node]:
    return [line for name in names if (commands := job.get(name)) is not None for line in commands.each()]


def _images(job: Node) -> Iterator[Node]:
    image, services = job.get("image"), job.get("services")
    for node in (image, *(services.items or () if services is not None else ())):
        if node is not None:
            yield node if node.text else node.get("name") or node
