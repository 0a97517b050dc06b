"""Inspection: a bomb is refused, or costs no more than the picture that it shows; each of them in a moment."""

import io
import struct
import zipfile
import zlib

import pytest

from services.media.conftest import picture
from stead.services.media.inspection import RefusedContent, inspect

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HUGE = 200_000_000  # bytes, in some hundred thousand


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, pixels, *more):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return SIGNATURE + header + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(1_000_000))
    return file.getvalue()


SMALL = zlib.compress(b"\x00" + b"\xff" * 3)  # one pixel
TEXT = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(HUGE)))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped(), "the content does not match its declared type"),
        (SIGNATURE + zipped(), "the picture cannot be decoded"),
        (
            png(1, 1, SMALL, TEXT),
            "the picture cannot be decoded",
        ),
        (png(60_000, 60_000, zlib.compress(bytes(10_000))), "the picture has too many pixels"),
    ],
    ids=["a zip file", "a zip file behind a signature", "a text of 200 MB", "60,000 by 60,000 pixels"],
)
def test_a_bomb_is_refused(content, why):
    with pytest.raises(RefusedContent, match=why):
        inspect(content, "image/png")


def test_pixels_beyond_the_picture_are_not_read():
    shown = inspect(png(1, 1, zlib.compress(b"\x00" + b"\xff" * HUGE)), "image/png")
    assert (shown.width, shown.height) == (1, 1)
    assert len(shown.content) < 1000


def test_a_zip_file_behind_a_picture_is_not_published():
    assert b"PK\x03\x04" not in inspect(picture() + zipped(), "image/png").content
