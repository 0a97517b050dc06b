"""What YAML of no larger kind says: pre-commit's hooks, Dependabot's folders, values of a chart."""

from stead.check.facts import At, Facts
from stead.check.facts.command import Commands
from stead.check.facts.node import Node
from stead.check.facts.shell import ROOT, tidy


def hooks(root: Node, facts: Facts) -> None:
    """Add the programs of this repository that pre-commit runs."""
    for repository in found.items or () if (found := root.get("repos")) else ():
        if repository.text_at("repo") != "local":
            continue
        for hook in found.items or () if (found := repository.get("hooks")) else ():
            entry = hook.get("entry")
            if entry is not None and entry.text and hook.text_at("language") in ("script", "system", "unsupported"):
                commands = Commands(facts, "hook", ROOT)
                commands.take(entry.line, entry.text)
                commands.done()


def dependabot(root: Node, facts: Facts) -> None:
    """Add the folders that Dependabot looks into: of one that is missing it says nothing for months."""
    for update in found.items or () if (found := root.get("updates")) else ():
        folder = update.get("directory")
        path = tidy((folder.text or "").lstrip("/")) if folder is not None else ""
        if folder is not None and path and path != "." and "*" not in path:
            facts.paths.append(At(f"{ROOT}/{path}", folder.line, folder.column, "ci read"))


def values(root: Node, facts: Facts) -> None:
    """Add the images of a chart's values: `image: {repository, tag}`, wherever it is."""
    waiting, context = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        repository, tag = (node.get("repository"), node.get("tag")) if node.pairs else (None, None)
        if repository is not None and tag is not None and repository.text and tag.text and not tag.pairs:
            digest = node.text_at("digest")
            whole = f"{repository.text}:{tag.text}" + (f"@{digest}" if digest else "")
            facts.images.append(At(whole, tag.line, tag.column, "image"))
        for each in (*(node.items or ()), *(value for _, value in node.pairs or ())):
            if (each.pairs or each.items) and id(each) not in context:
                context.add(id(each))
                waiting.append(each)
