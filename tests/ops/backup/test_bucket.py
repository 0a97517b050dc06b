"""Buckets, and copies of backups in an S3 store."""

import json
import shutil

import pytest

from stead.ops.backup.age import Identities
from stead.ops.backup.archive_reader import opened
from stead.ops.backup.bucket import restore_objects
from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.store import Store
from stead.testing.s3 import StandInS3, Stored

DESCRIPTION = """
from stead import Backend, Bucket, Service
pictures = Service("pictures", command="true", needs=[Bucket()])
backend = Backend("NAME", services=[pictures])
"""
OBJECTS = {
    "a/ünïcode key +%25.png": Stored(b"\x89PNG" * 50_000, {"content-type": "image/png"}),
    "b.txt": Stored(b"text", {"content-type": "text/plain", "cache-control": "no-store"}),
    "empty": Stored(b""),
    "large": Stored(bytes(range(256)) * 50_000),
}


@pytest.fixture
def s3(monkeypatch):
    with StandInS3("pictures", "vault").running() as server:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


@pytest.fixture
def gallery(shop, s3, monkeypatch):
    """The shop's folder, with a backend whose one service has a bucket."""
    (shop.folder / "backend.py").write_text(DESCRIPTION.replace("NAME", shop.name))
    s3.buckets["pictures"].update(OBJECTS)
    monkeypatch.setenv("BUCKET_URL", s3.bucket_url("pictures"))
    return shop


def plain(objects):
    return {name: (each.content, each.headers) for name, each in objects.items()}


def test_a_bucket_comes_back_equal(gallery, key, s3):
    status, out, said = gallery.backup("--recipient", key.public)
    assert status == 0, said
    assert "pictures.bucket: 4 objects" in out
    before = plain(OBJECTS)
    s3.buckets["pictures"].clear()
    assert gallery.restore(gallery.kept()[-1], "--identity", key.file)[0] == 0
    assert plain(s3.buckets["pictures"]) == before


def test_what_was_there_is_put_aside(gallery, key, s3):
    assert gallery.backup("--recipient", key.public)[0] == 0
    s3.buckets["pictures"]["b.txt"] = Stored(b"other")
    s3.buckets["pictures"]["late"] = Stored(b"late")
    status, _, said = gallery.restore(gallery.kept()[-1], "--identity", key.file)
    assert status == 1
    assert "is not empty. With --yes its objects are put aside below before-" in said
    assert gallery.restore(gallery.kept()[-1], "--identity", key.file, "--yes")[0] == 0
    now = plain(s3.buckets["pictures"])
    aside = {name.partition("/")[2]: each[0] for name, each in now.items() if name.startswith("before-")}
    assert {name: each for name, each in now.items() if not name.startswith("before-")} == plain(OBJECTS)
    assert aside["b.txt"] == b"other"
    assert aside["late"] == b"late"


def test_a_restore_that_fails_leaves_the_bucket_as_it_was(gallery, key, s3):
    assert gallery.backup("--recipient", key.public)[0] == 0
    file = gallery.kept()[-1] / "manifest.json"
    said = json.loads(file.read_text())
    said["archives"][0]["rows"]["objects"] = 5
    file.write_text(json.dumps(said))
    s3.buckets["pictures"]["b.txt"] = Stored(b"other")
    s3.buckets["pictures"]["late"] = Stored(b"late")
    before = plain(s3.buckets["pictures"])
    status, _, said = gallery.restore(gallery.kept()[-1], "--identity", key.file, "--yes")
    assert status == 1
    assert "the restored data differs from the backup" in said
    assert plain(s3.buckets["pictures"]) == before


def test_the_next_restore_undoes_in_the_bucket_what_a_killed_one_did(gallery, key, s3):
    """The killed one ended after its last object, and before the databases had switched."""
    assert gallery.backup("--recipient", key.public)[0] == 0
    s3.buckets["pictures"]["late"] = Stored(b"late")
    store = Store(BucketLocation.of_bucket(s3.bucket_url("pictures")))
    with opened(gallery.kept()[-1] / "pictures.bucket.tar.gz.age", Identities.read(key.file)) as source:
        restore_objects(store, source, "before-killed", lambda _: None)
    status, _, said = gallery.backup("--recipient", key.public)
    assert (status, "run stead restore again" in said) == (1, True)
    assert gallery.restore(gallery.kept()[-1], "--identity", key.file, "--yes")[0] == 0
    now = plain(s3.buckets["pictures"])
    assert {name: each for name, each in now.items() if not name.startswith("before-")} == plain(OBJECTS)
    assert {name.partition("/")[2] for name in now if name.startswith("before-")} == {*OBJECTS, "late"}
    assert not any(name.startswith("before-killed/") for name in now)


def test_a_drill_reads_the_archive_through(gallery, key, s3):
    assert gallery.backup("--recipient", key.public)[0] == 0
    assert gallery.stead("backup", "drill", gallery.folder, "--identity", key.file)[0] == 0
    assert plain(s3.buckets["pictures"]) == plain(OBJECTS)


def test_a_folders_mark_is_left_out_and_told_of(gallery, key, s3):
    s3.buckets["pictures"]["folder/"] = Stored(b"")
    status, _, said = gallery.backup("--recipient", key.public)
    assert status == 0, said
    assert "left out: folder: it was deleted during the backup, or it is a folder marker" in said


def test_a_bucket_that_refuses(gallery, key, s3):
    s3.refusing.add("GET")
    status, _, said = gallery.backup("--recipient", key.public)
    assert status == 1
    assert "pictures.bucket: s3://pictures at 127.0.0.1:" in said
    assert "AccessDenied" in said
    assert s3.secret not in said
    assert gallery.kept() == []


def test_a_bucket_that_nobody_names(gallery, key, monkeypatch):
    monkeypatch.delenv("BUCKET_URL")
    status, _, said = gallery.backup("--recipient", key.public)
    assert status == 1
    assert said.startswith("no URL is given for the bucket of pictures: set PICTURES_BUCKET_URL or BUCKET_URL in the ")


def test_a_copy_elsewhere_is_read_back(shop, key, s3):
    status, out, said = shop.backup("--recipient", key.public, "--upload", "s3://vault/nightly")
    assert status == 0, said
    assert "and read back" in out
    backup = shop.kept()[-1]
    there = {name.rpartition("/")[2]: each.content for name, each in s3.buckets["vault"].items()}
    assert there == {file.name: file.read_bytes() for file in backup.iterdir()}
    assert all(name.startswith(f"nightly/{shop.name}/dev/{backup.name}/") for name in s3.buckets["vault"])


def test_an_upload_that_is_refused(shop, key, s3, sealed):
    s3.refusing.add("PUT")
    status, out, said = shop.backup("--recipient", key.public, "--upload", "s3://vault", "--keep", "1")
    assert (status, out) == (1, "")
    assert "upload: s3://vault/" in said
    assert "orders-service.dump.gz.age was not stored: AccessDenied" in said
    assert "The backup itself is good, and here: " in said
    assert sealed in shop.kept(), "no old one goes"
    assert len(shop.kept()) == 2
    assert s3.secret not in said


def test_an_upload_that_arrives_changed(shop, key, s3, sealed):
    s3.corrupting = True
    status, _, said = shop.backup("--recipient", key.public, "--upload", "s3://vault", "--keep", "1")
    assert status == 1
    assert "is stored with other content: its SHA-256 differs from that of the upload" in said
    assert sealed in shop.kept()


def test_a_key_in_the_arguments_is_refused(shop, key, s3):
    status, _, said = shop.backup("--recipient", key.public, "--upload", f"s3://{s3.key}:{s3.secret}@host/vault")
    assert status == 1
    assert "is visible in the list of processes" in said
    assert s3.secret not in said


def test_nobody_to_ask_as(shop, key, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    status, _, said = shop.backup("--recipient", key.public, "--upload", "s3://vault")
    assert (status, said) == (
        1,
        "no credentials are given for s3://vault: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n",
    )


def test_a_restore_from_the_copy(shop, key, s3, sealed):
    """The machine is gone, and with it the backups that lay there."""
    for total in (7, 8):
        shop.sql(f"UPDATE orders SET total = {total}")
        assert shop.backup("--recipient", key.public, "--upload", "s3://vault/nightly")[0] == 0
    s3.buckets["vault"]["nightly/another/prod/29990101T000000Z/manifest.json"] = Stored(b"{}")
    shutil.rmtree(shop.folder / "backups")
    shop.sql("UPDATE orders SET total = 9")
    status, _, said = shop.restore("s3://vault/nightly", "orders-service", "--identity", key.file, "--yes")
    assert status == 0, said
    assert {order[1] for order in shop.orders()} == {8}


def test_a_copy_that_was_changed_is_not_restored(shop, key, s3):
    assert shop.backup("--recipient", key.public, "--upload", "s3://vault")[0] == 0
    name = next(name for name in s3.buckets["vault"] if "orders-service" in name)
    content = s3.buckets["vault"][name].content
    s3.buckets["vault"][name] = Stored(content[:-1] + bytes([content[-1] ^ 1]))
    status, _, said = shop.restore("s3://vault", "--identity", key.file, "--yes")
    assert status == 1
    assert "was changed: its SHA-256 is not the one in manifest.json" in said


def test_no_copy_of_this_backend(shop, s3):
    status, _, said = shop.restore("s3://vault")
    assert status == 1
    assert f"holds no backup of {shop.name} (dev): a folder with a manifest.json" in said
