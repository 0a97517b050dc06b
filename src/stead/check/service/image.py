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
    """An image has a digest, or a tag other than `latest`.

    `latest`, or no tag, is the image that was pushed last: two machines may run different programs, and a rollback is
    impossible.
    """
    for process in context.runs:
        if process.image and not DIGEST.search(process.image) and _tag(process.image) in ("", "latest"):
            message = f"{process.name} runs {process.image}, the image that was pushed last"
            yield Problem("SERVICE018", message, process.where, PINNED.format(process.image))


@rule("SERVICE019", severity="warning", sure=False)
def images_are_pinned(context: Context) -> Iterator[Problem]:
    """An image is pinned by its digest.

    A tag can be moved, by its owner or by an attacker with the owner's token; the digest identifies the content. Keep
    the tag for readers: `redis:8.2@sha256:…`.
    """
    for process in context.runs:
        if process.image and not DIGEST.search(process.image) and _tag(process.image) not in ("", "latest"):
            message = f"{process.name} runs {process.image}, whose tag can be moved"
            yield Problem("SERVICE019", message, process.where, PINNED.format(process.image))


RULES = (images_say_which, images_are_pinned)
