"""The URL of a bucket, which services, backups and the jobs that create buckets read in one place."""

from urllib.parse import urlsplit

import pytest

from stead.model.bucket_url import endpoint_of, parse_bucket_url


def test_each_part_is_decoded():
    at = parse_bucket_url("s3://media:a%2Fsecret%40@store.example:9000/pictures/of/2026?region=ru-1")
    assert (at.endpoint, at.region) == ("https://store.example:9000", "ru-1")
    assert (at.bucket, at.prefix, at.key, at.secret) == ("pictures", "of/2026", "media", "a/secret@")
    assert "secret" not in repr(at)


@pytest.mark.parametrize(
    ("host", "scheme"),
    [
        ("127.0.0.1:9000", "http"),
        ("[::1]:9000", "http"),
        ("store:8333", "http"),
        ("10.0.0.5", "https"),
        ("s3.example", "https"),
        ("s3.example?tls=off", "http"),
        ("store?tls=on", "https"),
    ],
)
def test_http_is_for_the_loopback_and_for_names_without_a_dot(host, scheme):
    name, _, query = host.partition("?")
    at = urlsplit(f"s3://key:secret@{name}/bucket?{query}")
    assert endpoint_of(at) == f"{scheme}://{name}"


@pytest.mark.parametrize("url", ["", "http://key:hidden@host/bucket", "s3://key:hidden@host", "s3://host/bucket"])
def test_a_url_without_one_of_the_parts_is_refused_without_showing_it(url):
    with pytest.raises(ValueError, match="expected s3://key:secret@host/bucket") as refused:
        parse_bucket_url(url)
    assert "hidden" not in str(refused.value)
