"""Images whose name in a file is not what runs: this repository builds them, or a kustomization puts another one there.

Of an image that is built here, the version is the commit.
"""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import UnreadableError, documents

TAGGED = re.compile(r"\bdocker(?:[ ]buildx)?[ ]build\b[^\n]{0,400}?[ ](?:-t|--tag)[ =][\"']?([\w./-]+)")
SKAFFOLD = re.compile(r"(?m)^[ ]*-[ ]+image:[ ]*[\"']?([\w./-]+)")
TILT = re.compile(r"\b(?:docker_build|custom_build)\(\s*[\"']([\w./-]+)")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SCRIPTS = ("*.sh", "*.mk", "Makefile", "package.json", "*.md")


def built_here(context: Context) -> frozenset[str]:
    """Return the names of the images that Compose, Skaffold, Tilt or a `docker build -t` makes here, and of those to
    which a kustomization gives a version; without their tags.
    """
    return frozenset(_built(context))


def _built(context: Context) -> Iterator[str]:
    yield from (at.text.partition(":")[0] for _, at in context.each("images") if at.more == "built")
    for path in context.tree.named("skaffold.yaml", "skaffold.yml"):
        yield from SKAFFOLD.findall(context.tree.text(path) or "")
    for path in context.tree.named("Tiltfile", "*.tiltfile"):
        yield from TILT.findall(context.tree.text(path) or "")
    for path in context.tree.named(*KUSTOMIZATIONS):
        yield from _replaced(context.tree.text(path) or "")
    for path in context.tree.named(*SCRIPTS):
        text = context.tree.text(path) or ""
        if "docker" in text:
            yield from TAGGED.findall(text)


def _replaced(text: str) -> Iterator[str]:
    """Yield the images to which a kustomization gives a tag or a digest; FILE013 tells of one that cannot be read."""
    try:
        roots = list(documents(text))
    except UnreadableError:
        return
    for root in roots:
        for image in images.each() if (images := root.get("images")) else ():
            if image.text_at("newTag") not in ("", "latest") or image.text_at("digest"):
                yield image.text_at("name")
