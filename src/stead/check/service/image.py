"""Images of services and jobs: which one runs is said, and cannot change."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
PINNED = "docker buildx imagetools inspect {} --format '{{{{.Manifest.Digest}}}}' prints the digest"


def _tag(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


@rule("SERVICE018")
def images_say_which(context: Context) -> Iterator[Problem]:
    """An image says which one it is: by a digest, or by a tag that is not `latest`.

    `latest`, or no tag, is whatever was pushed last: two machines run two programs, and there is no way back to
    yesterday's.
    """
    for process in context.runs:
        if process.image and not DIGEST.search(process.image) and _tag(process.image) in ("", "latest"):
            message = f"{process.name} runs {process.image}, which is the image that was pushed last"
            yield Problem("SERVICE018", message, process.where, PINNED.format(process.image))


@rule("SERVICE019", severity="warning", sure=False)
def images_are_pinned(context: Context) -> Iterator[Problem]:
    """An image is pinned by its digest.

    A tag can be moved, by its owner or by anyone who stole the owner's token; the digest is the content. Keep the tag
    for people: `redis:8.2@sha256:…`.
    """
    for process in context.runs:
        if process.image and not DIGEST.search(process.image) and _tag(process.image) not in ("", "latest"):
            message = f"{process.name} runs {process.image}, and a tag can be moved"
            yield Problem("SERVICE019", message, process.where, PINNED.format(process.image))


RULES = (images_say_which, images_are_pinned)
