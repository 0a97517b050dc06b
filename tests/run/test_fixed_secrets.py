"""The secrets of a run that are not rotated in it are named, each once, and those that are rotated are not."""

from types import SimpleNamespace

from stead.model import Bucket, Postgres, Setting
from stead.run.fixed_secrets import fixed_secrets

BUCKET, DATABASE = Bucket("BUCKET_URL"), Postgres("DATABASE_URL")


def given(name, source="generated", resource=None, secret=True):
    return SimpleNamespace(setting=Setting(name, secret=secret), source=source, resource=resource)


def fixed(processes, rotated=()):
    return list(fixed_secrets(SimpleNamespace(given=processes), rotated))


def test_a_secret_of_two_processes_is_named_once():
    assert fixed({"a": [given("TOKEN")], "b": [given("TOKEN")]}) == ["a.TOKEN"]


def test_what_is_rotated_is_not_named():
    own = [given("SERVICE_JWT_SECRET"), given("DATABASE_URL", "open", DATABASE), given("HOOK")]
    rotated = ["a.SERVICE_JWT_SECRET", "a.DATABASE_URL", "HOOK"]
    assert fixed({"a": own, "b": [given("DATABASE_URL", "open", DATABASE)]}, rotated) == []


def test_a_key_that_one_process_alone_cannot_rotate_is_named():
    key = given("SERVICE_JWT_SECRET")
    assert fixed({"a": [key], "b": [key]}, ["a.SERVICE_JWT_SECRET"]) == ["b.SERVICE_JWT_SECRET"]


def test_the_key_of_a_bucket_is_named():
    assert fixed({"a": [given("BUCKET_URL", "open", BUCKET)]}) == ["a.BUCKET_URL"]


def test_a_resource_is_named_by_its_url_and_not_by_a_part_of_it():
    parts = Bucket("BUCKET_URL", parts={"public": "A_PUBLIC_URL"})
    values = [given("A_PUBLIC_URL", "open", parts, secret=False), given("BUCKET_URL", "open", parts)]
    assert fixed({"a": values}) == ["a.BUCKET_URL"]
    assert fixed({"a": values}, ["a.BUCKET_URL"]) == []


def test_what_a_person_gave_and_what_is_no_secret_are_not_named():
    assert fixed({"a": [given("TOKEN", "file"), given("PORT", secret=False), given("SERVICE_JWT_KEYS")]}) == []
