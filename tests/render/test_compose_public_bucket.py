"""Links that a service signs lead to the S3 server as clients outside of the project reach it, in Compose as well."""

from stead import Backend, Bucket, Environment, Service
from stead.render.compose.file import compose_file
from stead.render.compose.text import text

DEV, PROD = Environment("dev"), Environment("prod")


def shop(bucket):
    pictures = Service("pictures", command="node pictures.js", needs=[bucket])
    return Backend("shop", services=[pictures], environments=[DEV, PROD])


def test_in_development_a_link_names_the_port_at_which_the_s3_server_is_published():
    file = compose_file(shop(Bucket(parts={"public": "LINKS_URL"})), DEV)
    assert text(file.services["pictures"].environment["LINKS_URL"]) == "http://127.0.0.1:${S3_PORT:-8333}"
    [port] = file.services["s3"].ports
    assert (text(port.published), port.target) == ("${S3_PORT:-8333}", 8333)
    assert "pictures.LINKS_URL" not in file.secrets


def test_elsewhere_a_person_has_to_say_where_clients_reach_the_s3_server():
    file = compose_file(shop(Bucket(parts={"public": "LINKS_URL"})), PROD)
    assert text(file.services["pictures"].environment["LINKS_URL"]).startswith("${S3_PUBLIC_URL:?")


def test_a_bucket_without_such_links_is_published_at_a_free_port():
    file = compose_file(shop(Bucket()), DEV)
    [port] = file.services["s3"].ports
    assert text(port.published) == "${S3_PORT:-}"
    assert "S3_PUBLIC_URL" not in str(file)
