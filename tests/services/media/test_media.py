"""Media: exact lengths, verified content, immutable versions, owners, quotas, and deletions that reach the bucket."""

import asyncio
import struct
import zlib
from urllib.parse import urlsplit

import pytest

from services.media.conftest import ANN, BEN, picture
from stead.model import SteadError
from stead.services.media.signing import public_endpoint

LINKS_ENDED = "UPDATE media SET created_at = created_at - interval '31 minutes'"


async def test_a_picture_is_uploaded_verified_and_published_with_a_thumbnail(run):
    async with run() as gallery:
        upload, shown = await gallery.uploaded(picture((640, 480)))
        assert (shown["status"], shown["width"], shown["height"]) == ("published", 640, 480)
        answer = await gallery.browser.get(shown["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert (await gallery.browser.get(shown["thumbnail"])).content[:3] == b"\xff\xd8\xff"
        page = (await gallery.app.get("/v1/galleries/organizer/club")).json()["media"]
        assert [each["id"] for each in page] == [upload["id"]]


async def test_an_upload_of_another_length_is_refused_by_the_signature(run):
    """isomer#2356: a presigned PUT without a size."""
    async with run() as gallery:
        content = picture()
        upload = (await gallery.order(len(content))).json()
        assert (
            await gallery.put(upload, content + b"x", **{"content-length": str(len(content) + 1)})
        ).status_code == 403
        assert (await gallery.put(upload, content, **{"content-type": "text/html"})).status_code == 403
        assert (await gallery.put(upload, content)).status_code == 200


async def test_content_that_is_swapped_after_its_check_is_not_what_is_published(run):
    """isomer#2356: content is changed after it was checked."""
    async with run() as gallery:
        content, other = picture(), picture()[:-4] + b"evil"
        upload, shown = await gallery.uploaded(content)
        before = (await gallery.browser.get(shown["url"])).content
        assert (await gallery.put(upload, other)).status_code == 412
        assert (await gallery.browser.get((await gallery.read(upload))["url"])).content == before


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<script>alert(1)</script>", "image/png"),
        (b"\x89PNG\r\n\x1a\n<html>", "image/png"),
        (b"GIF89a", "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/webp"),
        (b"MZ\x90\x00", "application/pdf"),
    ],
)
async def test_what_is_not_what_it_says_is_refused_and_deleted(run, content, content_type, rows):
    """better-upload#34: the type is believed by the header alone."""
    async with run(MEDIA_SWEEP_SECONDS="0.1") as gallery:
        _, shown = await gallery.uploaded(content, content_type)
        assert (shown["status"], shown["url"]) == ("refused", None)
        rows(LINKS_ENDED)
        await _until(lambda: not gallery.objects)


async def test_a_polyglot_is_published_as_the_picture_alone(run):
    async with run() as gallery:
        _, shown = await gallery.uploaded(
            picture(form="JPEG", comment=b"<script>") + b"<script>alert(1)</script>", "image/jpeg"
        )
        assert shown["status"] == "published"
        assert b"<script>" not in (await gallery.browser.get(shown["url"])).content


async def test_a_bomb_is_refused_before_it_is_decoded(run):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + chunk(b"IEND", b"")
    )
    async with run() as gallery:
        _, shown = await gallery.uploaded(bomb)
        assert (shown["status"], shown["reason"]) == ("refused", "the picture has too many pixels")


async def test_a_document_is_never_shown_inside_a_page(run):
    async with run() as gallery:
        _, shown = await gallery.uploaded(b"%PDF-1.7 ...", "application/pdf")
        answer = await gallery.browser.get(shown["url"])
        assert answer.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html", "application/zip", "video/mp4", ""])
async def test_a_type_that_is_not_taken(run, content_type):
    async with run() as gallery:
        answer = await gallery.order(10, content_type)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_content")


async def test_another_users_upload_does_not_exist(run):
    """tusd#1117: another user's upload is resumed."""
    async with run() as gallery:
        upload = (await gallery.order(10)).json()
        for answer in (
            await gallery.complete(upload, BEN),
            await gallery.app.delete(f"/v1/media/{upload['id']}", **BEN),
            await gallery.app.get(f"/v1/media/{upload['id']}", user="eve"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_media")
        assert (await gallery.order(10, who={"user": "eve"})).json()["code"] == "not_owner"


async def test_nothing_is_fetched_by_url(run):
    """imgproxy#1567, indico PR#7283: a file is fetched by URL, from the metadata address by a redirect."""
    async with run() as gallery:
        for name in ("url", "source", "href"):
            answer = await gallery.order(10, **{name: "http://169.254.169.254/latest/meta-data/"})
            assert answer.status_code == 422


async def test_a_quota_holds_however_many_are_ordered_at_once(run):
    async with run(MEDIA_QUOTA="1000", MEDIA_LARGEST="900") as gallery:
        answers = await asyncio.gather(*(gallery.order(300) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 5
        assert (await gallery.order(901, who=BEN)).json()["code"] == "too_large"


async def test_a_deletion_reaches_the_bucket(run, rows):
    async with run(MEDIA_SWEEP_SECONDS="0.1") as gallery:
        content = picture()
        upload, _ = await gallery.uploaded(content)
        assert len(gallery.objects) == 3
        assert (await gallery.app.delete(f"/v1/media/{upload['id']}", **ANN)).status_code == 204
        await _until(lambda: not gallery.objects)
        assert (await gallery.put(upload, content)).status_code == 200  # its link has not ended
        rows(LINKS_ENDED)
        await _until(lambda: not gallery.objects and not rows("SELECT FROM media"))


async def test_what_was_never_finished_and_old_proofs_are_swept(run, rows):
    async with run(MEDIA_SWEEP_SECONDS="0.1") as gallery:
        upload = (await gallery.order(10)).json()
        kept, _ = await gallery.uploaded(picture())
        await gallery.put(upload, b"0123456789")
        rows("UPDATE media SET created_at = now() - interval '2 days' WHERE id = %s", upload["id"])
        await _until(lambda: [str(row["id"]) for row in rows("SELECT id FROM media")] == [kept["id"]])
        rows("UPDATE media SET owner_kind = 'payment_proof', created_at = now() - interval '91 days'")
        await _until(lambda: not rows("SELECT FROM media") and not gallery.objects)


async def test_a_deleted_users_files_are_gone(run, rows):
    async with run(MEDIA_SWEEP_SECONDS="0.1") as gallery:
        await gallery.uploaded(picture())
        assert (await gallery.app.delete("/v1/internal/media-users/ann", caller="auth-service")).status_code == 204
        assert not rows("SELECT FROM media WHERE user_id = 'ann'")
        await _until(lambda: not gallery.objects)
        rows(LINKS_ENDED)
        await _until(lambda: not rows("SELECT FROM media"))


async def test_what_was_uploaded_is_deleted_once_its_link_has_ended(run, rows):
    async with run(MEDIA_SWEEP_SECONDS="0.1") as gallery:
        upload, _ = await gallery.uploaded(picture())
        rows(LINKS_ENDED)
        await _until(lambda: sorted(gallery.objects) == [f"published/{upload['id']}", f"thumbnails/{upload['id']}"])
        assert (await gallery.read(upload))["status"] == "published"


async def test_a_link_that_is_altered_opens_nothing(run):
    async with run() as gallery:
        _, shown = await gallery.uploaded(picture())
        assert (
            await gallery.browser.get(shown["url"].replace("X-Amz-Expires=900", "X-Amz-Expires=9000"))
        ).status_code == 403
        assert (await gallery.browser.get(shown["url"].replace("/published/", "/quarantine/"))).status_code == 403
        assert (await gallery.browser.get(shown["url"].partition("?")[0])).status_code == 403


@pytest.mark.parametrize("path", ["organizer/a%00b", "payment_proof/x", "event/A", "event/" + "a" * 101])
async def test_a_gallery_that_cannot_be(run, path):
    async with run() as gallery:
        assert (await gallery.app.get(f"/v1/galleries/{path}")).status_code in (404, 422)


async def _until(holds):
    async with asyncio.timeout(8):
        while not holds():
            await asyncio.sleep(0.05)


async def test_links_are_signed_for_the_address_at_which_clients_reach_the_bucket(run):
    """The signature holds the host, so a link cannot be sent to another one."""
    async with run(BUCKET_PUBLIC_URL="http://files.localhost:8333/") as gallery:
        upload = (await gallery.order(len(content := picture()))).json()
        at = urlsplit(upload["url"])
        assert (at.scheme, at.netloc) == ("http", "files.localhost:8333")
        inside = upload["url"].replace(f"{at.scheme}://{at.netloc}", gallery.s3.url)
        assert (await gallery.put({**upload, "url": inside}, content)).status_code == 403
        reached = {**upload, "url": inside, "headers": {**upload["headers"], "host": at.netloc}}
        assert (await gallery.put(reached, content)).status_code == 200


@pytest.mark.parametrize("wrong", ["files.example.com", "https://files.example.com/bucket", "s3://a:b@c/d"])
def test_an_address_for_clients_that_cannot_be_read_is_refused(wrong):
    with pytest.raises(SteadError, match="BUCKET_PUBLIC_URL cannot be read"):
        public_endpoint(wrong)
