"""Images that this repository builds: their names are not those of a registry, and their versions are the commits."""

import re
from collections.abc import Iterator

from stead.check.context import Context

TAGGED = re.compile(r"\bdocker(?:[ ]buildx)?[ ]build\b[^\n]{0,400}?[ ](?:-t|--tag)[ =][\"']?([\w./-]+)")
SKAFFOLD = re.compile(r"(?m)^[ ]*-[ ]+image:[ ]*[\"']?([\w./-]+)")
SCRIPTS = ("*.sh", "*.mk", "Makefile", "package.json", "*.md")


def built_here(context: Context) -> frozenset[str]:
    """Return the names of the images that Compose, Skaffold, or a `docker build -t` makes here; without their tags."""
    return frozenset(_built(context))


def _built(context: Context) -> Iterator[str]:
    yield from (at.text.partition(":")[0] for _, at in context.each("images") if at.more == "built")
    for path in context.tree.named("skaffold.yaml", "skaffold.yml"):
        yield from SKAFFOLD.findall(context.tree.text(path) or "")
    for path in context.tree.named(*SCRIPTS):
        text = context.tree.text(path) or ""
        if "docker" in text:
            yield from TAGGED.findall(text)
