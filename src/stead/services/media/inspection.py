"""Inspection of uploads: verify the content type, and derive the published content.

A picture is decoded and encoded again, so nothing but the picture is published: no script that hides in a polyglot, no
place where it was taken. Its dimensions are read from the header and judged before anything is decoded.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MAGIC = {"image/jpeg": (b"\xff\xd8\xff",), "image/png": (b"\x89PNG\r\n\x1a\n",), "application/pdf": (b"%PDF-",)}
CONTENT_TYPES = frozenset((*PICTURES, "application/pdf"))
PIXELS = 40_000_000
THUMBNAIL = (320, 320)


class RefusedContent(Exception):  # noqa: N818 - said as it is read
    """A file that will not be published."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """The published content; for a picture also its dimensions and its thumbnail (JPEG)."""

    content: bytes
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None


def inspect(content: bytes, content_type: str) -> Inspected:
    """Return the published content of a file; RefusedContent when it does not match its type."""
    if not _begins(content, content_type):
        raise RefusedContent("the content does not match its declared type")
    if content_type not in PICTURES:
        return Inspected(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _picture(content, PICTURES[content_type])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedContent("the picture has too many pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise RefusedContent("the picture cannot be decoded") from None


def _begins(content: bytes, content_type: str) -> bool:
    if content_type == "image/webp":
        return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return content.startswith(MAGIC[content_type])


def _picture(content: bytes, form: str) -> Inspected:
    with Image.open(io.BytesIO(content), formats=[form]) as opened:
        if opened.width * opened.height > PIXELS:
            raise RefusedContent("the picture has too many pixels")
        picture = ImageOps.exif_transpose(opened)
        picture.load()
    encoded = io.BytesIO()
    plain = picture.convert("RGB") if form == "JPEG" else picture.convert("RGBA")
    plain.info.clear()  # comments, EXIF and profiles would be written again
    plain.save(encoded, form)
    small = plain.convert("RGB")
    small.thumbnail(THUMBNAIL)
    thumbnail = io.BytesIO()
    small.save(thumbnail, "JPEG", quality=80)
    return Inspected(encoded.getvalue(), plain.width, plain.height, thumbnail.getvalue())
