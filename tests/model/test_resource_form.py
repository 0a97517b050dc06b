"""Forms of a resource's URL: what a program that reads no URL is given."""

import pytest

from stead import Backend, Bucket, Postgres, Redis, Service
from stead.model.resource_form import FORMS, SECRETS, form_of
from stead.model.wiring import AddressOf, wires

DATABASE = "postgresql://shop:p%40ss%3B1@db.example:6432/shop_db?sslmode=require"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("host", "db.example"),
        ("port", "6432"),
        ("name", "shop_db"),
        ("user", "shop"),
        ("password", "p@ss;1"),
        ("jdbc", "jdbc:postgresql://db.example:6432/shop_db?sslmode=require"),
        ("asyncpg", "postgresql+asyncpg://shop:p%40ss%3B1@db.example:6432/shop_db?sslmode=require"),
        ("psycopg", "postgresql+psycopg://shop:p%40ss%3B1@db.example:6432/shop_db?sslmode=require"),
        ("dotnet", 'Host=db.example;Port=6432;Database=shop_db;Username=shop;Password="p@ss;1"'),
        ("url", DATABASE),
    ],
)
def test_each_form_of_a_database_url_is_derived_from_it(form, text):
    assert form_of("postgres", DATABASE, form) == text


def test_a_port_that_a_url_leaves_out_is_the_usual_one():
    assert form_of("postgres", "postgresql://a:b@db/c", "port") == "5432"
    assert form_of("redis", "redis://a:b@cache", "port") == "6379"
    assert form_of("redis", "redis://a:b@cache", "database") == "0"


def test_a_bucket_has_its_endpoint_by_the_same_rule_as_its_url():
    near, far = "s3://k:s@s3:8333/pictures", "s3://k:s@s3.example.com/pictures"
    assert [form_of("bucket", near, form) for form in ("endpoint", "name", "key", "secret")] == [
        "http://s3:8333", "pictures", "k", "s",
    ]  # fmt: skip
    assert form_of("bucket", far, "endpoint") == "https://s3.example.com"
    assert form_of("bucket", f"{far}?tls=off", "endpoint") == "http://s3.example.com"
    assert form_of("bucket", far, "public") == "https://s3.example.com"


def test_a_url_that_cannot_be_read_is_told_without_its_password():
    with pytest.raises(ValueError, match="cannot be parsed") as raised:
        form_of("postgres", "postgresql://a:hunter2@[db/c", "host")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_that_is_no_secret_holds_no_password(kind):
    scheme = {"postgres": "postgresql", "redis": "redis", "bucket": "s3"}[kind]
    url = f"{scheme}://someone:hunter2@db:1/thing"
    assert {form for form in FORMS[kind] if "hunter2" in form_of(kind, url, form)} == set(FORMS[kind]) & SECRETS


def test_every_part_is_a_setting_of_the_process_and_a_password_is_a_secret_by_itself():
    spring = {"jdbc": "SPRING_DATASOURCE_URL", "password": "SPRING_DATASOURCE_PASSWORD"}
    needs = [Postgres(parts=spring), Redis(parts={"host": "REDIS_HOST"}), Bucket(parts={"secret": "AWS_SECRET"})]
    billing = Service("billing", command="java -jar billing.jar", needs=needs)
    backend = Backend("shop", services=[billing])
    found = {wire.setting.name: wire for wire in wires(backend, billing, backend.environment("dev"))}
    assert found["SPRING_DATASOURCE_URL"].value == AddressOf(needs[0], billing, "jdbc")
    secret = {name for name, wire in found.items() if wire.setting.secret}
    assert secret == {
        "DATABASE_URL", "SPRING_DATASOURCE_PASSWORD", "REDIS_URL", "BUCKET_URL", "AWS_SECRET",
    }  # fmt: skip
