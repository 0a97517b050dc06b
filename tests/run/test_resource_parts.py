"""A program that reads no URL opens its database, its Redis and its bucket with the parts that it is given."""

import sys

PROGRAM = """
import os, psycopg, redis, urllib.request
from urllib.parse import urlsplit
parts = {key: os.environ["DB_" + key.upper()] for key in ("host", "port", "user", "password")}
with psycopg.connect(dbname=os.environ["DB_NAME"], **parts) as found:
    assert found.execute("SELECT current_user").fetchone() == (parts["user"],)
assert os.environ["JDBC_URL"] == "jdbc:postgresql://{host}:{port}/".format(**parts) + os.environ["DB_NAME"]
cache = redis.Redis(os.environ["CACHE_HOST"], int(os.environ["CACHE_PORT"]), username=os.environ["CACHE_USER"],
                    password=os.environ["CACHE_PASSWORD"])
assert cache.set(os.environ["REDIS_PREFIX"] + "a", "b")
assert urlsplit(os.environ["S3_ENDPOINT"]).port and os.environ["S3_NAME"] in os.environ["BUCKET_URL"]
print("opened all, with", parts["password"])
"""
NEEDS = """needs=[
    Postgres(parts={"host": "DB_HOST", "port": "DB_PORT", "name": "DB_NAME", "user": "DB_USER",
                    "password": "DB_PASSWORD", "jdbc": "JDBC_URL"}),
    Redis(parts={"host": "CACHE_HOST", "port": "CACHE_PORT", "user": "CACHE_USER", "password": "CACHE_PASSWORD"}),
    Bucket(parts={"endpoint": "S3_ENDPOINT", "name": "S3_NAME"})]"""


def test_a_program_opens_what_it_needs_with_the_parts_and_its_password_is_in_no_log(tiny):
    (tiny.folder / "parts.py").write_text(PROGRAM)
    tiny.describe(
        "plain", f'jobs=[Job("parts", command={[sys.executable, "parts.py"]!r}, {" ".join(NEEDS.split())})]'
    ).start()
    tiny.until_settled()
    state = tiny.until(lambda state: tiny.process("parts", state)["state"] in ("done", "failed"))
    log = (tiny.folder / ".stead" / "logs" / "parts.log").read_text()
    assert tiny.process("parts", state)["state"] == "done", log
    password = tiny.stead("run", "parts", str(tiny.folder), "--", "printenv", "DB_PASSWORD").stdout.strip()
    assert "opened all" in log
    assert password
    assert password not in log
