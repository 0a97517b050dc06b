"""The files of an environment's secrets: who can read them, what stays, and that both ends of each fit."""

import base64
import socket
import stat
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import yaml
from dotenv import dotenv_values

import stead
from stead.kit.key import signing_key, trusted_keys
from stead.model import Backend, Bucket, Dev, Environment, Gateway, Job, Postgres, Redis, Route, Service, Setting
from stead.model.kubernetes import Kubernetes, Secrets, Server
from stead.ops.secret_files import SecretFiles
from stead.ops.sops import procedure
from stead.ops.sops.kubernetes_secrets import manifests_text
from stead.ops.sops.secret_names import secret_names
from stead.render.compose import secret
from stead.render.compose.context import ComposeContext
from stead.render.kubernetes.context import ClusterContext
from stead.run.redis import binary
from stead.run.state_directory import Folder

ROOT = Path(__file__).parents[2]
GIVEN = {"JWT_SECRET": 'it\'s $HOME "x"', "TELEGRAM_BOT_TOKEN": "1:a"}


@pytest.fixture
def prod():
    backend = stead.load(ROOT / "backends/tigrit")
    return ComposeContext(backend, backend.environment("prod"))


def texts(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_the_folder_is_closed_and_its_files_can_be_read_by_a_container(prod, tmp_path):
    folder = tmp_path / "secrets"
    made = SecretFiles(prod, folder, GIVEN, None).make()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}
    assert texts(folder).keys() == secret.wanted(prod).keys()
    assert made.missing == []


def test_nothing_that_is_there_is_made_anew(prod, tmp_path):
    SecretFiles(prod, tmp_path, GIVEN, None).make()
    before = texts(tmp_path)
    assert SecretFiles(prod, tmp_path, GIVEN, None).make().written == []
    assert SecretFiles(prod, tmp_path, {}, None).make().written == [], "what was given once stays"
    assert texts(tmp_path) == before


def test_what_only_a_person_knows_is_asked_for_and_never_made(prod, tmp_path):
    made = SecretFiles(prod, tmp_path, {}, None).make()
    assert made.missing == ["JWT_SECRET", "TELEGRAM_BOT_TOKEN"]
    assert (tmp_path / "JWT_SECRET").read_text() == ""


def test_every_caller_is_known_to_whom_it_calls_and_nobody_else(prod, tmp_path):
    SecretFiles(prod, tmp_path, GIVEN, None).make()
    found = texts(tmp_path)
    for service in prod.services:
        callers = prod.backend.callers(service)
        known = trusted_keys(found[f"{service.name}.SERVICE_JWT_KEYS"], None) if callers else {}
        assert known.keys() == callers.keys()
        for name, (key,) in known.items():
            private = signing_key(found[f"{name}.SERVICE_JWT_SECRET"]).material
            assert private.public_key() == key.material
            assert key.may == set(callers[name])


def test_a_shared_secret_takes_the_place_of_all_keys(prod, tmp_path):
    shared = "a secret of thirty-two characters"
    SecretFiles(prod, tmp_path, GIVEN | {"SERVICE_JWT_SECRET": shared}, None).make()
    assert (tmp_path / "game.SERVICE_JWT_SECRET").read_text() == shared
    assert shared not in (tmp_path / "auth.SERVICE_JWT_KEYS").read_text()
    assert trusted_keys((tmp_path / "auth.SERVICE_JWT_KEYS").read_text(), shared)["game"][0].algorithm == "HS256"


def test_in_development_they_are_those_of_stead_up(tmp_path):
    backend = stead.load(ROOT / "backends/rewards")
    local = Folder(tmp_path / "backend.py")
    local.make()
    context = ComposeContext(backend, backend.environment("dev"))
    made = SecretFiles(context, tmp_path / "one", {}, local).make()
    SecretFiles(context, tmp_path / "two", {}, local).make()
    assert made.missing == []
    assert texts(tmp_path / "one") == texts(tmp_path / "two")
    assert '"kty"' in (tmp_path / "one" / secret.KEY_SET).read_text()


def test_an_address_that_a_person_has_put_there_stays(prod, tmp_path):
    SecretFiles(prod, tmp_path, GIVEN, None).make()
    file = tmp_path / "game.DATABASE_URL"
    file.chmod(0o644)
    file.write_text("postgresql://game:pw@db.example.com/game\n")
    SecretFiles(prod, tmp_path, GIVEN, None).make()
    assert file.read_text() == "postgresql://game:pw@db.example.com/game\n"


def test_a_program_that_reads_no_files_gets_an_env_file(tmp_path):
    held = [Setting("PARTNER_KEY", secret=True), Setting("NOTE", secret=True)]
    orders = Service("orders", command="node main.js", settings=held, needs=[stead.Postgres()])
    backend = Backend("shop", services=[orders], environments=[Environment("prod")])
    context = ComposeContext(backend, backend.environment("prod"))
    given = {"PARTNER_KEY": "a\"b'c $HOME", "NOTE": "two\nlines"}
    SecretFiles(context, tmp_path, given, None).make()
    read = dotenv_values(tmp_path / "orders.env", interpolate=False)
    assert read["PARTNER_KEY"].replace("\\$", "$") == given["PARTNER_KEY"]
    assert read["NOTE"] == given["NOTE"]
    assert read["DATABASE_URL"] == (tmp_path / "orders.DATABASE_URL").read_text()
    assert secret.mounts(context, orders) == ()


def test_a_user_of_redis_reaches_its_own_keys_and_whoever_has_not_logged_in_only_pings(prod, tmp_path):
    SecretFiles(prod, tmp_path, GIVEN, None).make()
    at = urlsplit((tmp_path / "sessions.REDIS_URL").read_text())
    with running_redis(tmp_path / secret.USERS, tmp_path) as port:
        with redis.Redis(port=port) as nobody:
            assert nobody.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                nobody.get("x")
        with redis.Redis(port=port, username=at.username, password=at.password) as own:
            assert own.set(f"{at.username}:k", "1")
            for words in (("GET", "other:k"), ("CONFIG", "GET", "*"), ("FLUSHALL",), ("KEYS", "*")):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    own.execute_command(*words)


def test_a_user_of_s3_reaches_its_own_bucket(tmp_path):
    import json

    one = Service("one", app="a:b", needs=[Bucket()], routes=[Route.public("GET", "/v1/one")])
    two = Service("two", app="a:b", needs=[replace(Bucket(), setting="FILES_URL"), Redis()])
    backend = Backend("shop", services=[one, two], gateway=Gateway("edge", fronts=[one]))
    SecretFiles(ComposeContext(backend, backend.environment("prod")), tmp_path, {}, None).make()
    said = {each["name"]: each for each in json.loads((tmp_path / secret.IDENTITIES).read_text())["identities"]}
    assert said.keys() == {"admin", "shop-one", "shop-two-files-url"}
    assert said["shop-one"]["actions"] == [f"{action}:shop-one" for action in ("Read", "Write", "List", "Tagging")]
    url = urlsplit((tmp_path / "one.BUCKET_URL").read_text())
    held = said["shop-one"]["credentials"][0]
    assert (url.username, url.password, url.path) == (held["accessKey"], held["secretKey"], "/shop-one")


class running_redis:  # noqa: N801 - reads as the verb that it is
    """A Redis with that list of users."""

    def __init__(self, users, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--aclfile", users, "--dir", folder]
        self.process = subprocess.Popen([*map(str, words), "--save", ""], stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self.port
            time.sleep(0.02)
        raise AssertionError("Redis did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def test_every_target_derives_the_parts_of_a_database_from_its_url(tmp_path):
    parts = {"host": "DB_HOST", "user": "DB_USER", "password": "DB_PASSWORD", "jdbc": "JDBC_URL"}
    database = Postgres(parts=parts)
    orders = Service("orders", command="node orders.js", needs=[database])
    report = Job("report", command="node report.js", needs=[database])
    cluster = Environment(
        "prod", kubernetes=Kubernetes("shop", servers={"postgres": Server(5432, namespace="db")}, secrets=Secrets())
    )
    backend = Backend("shop", services=[orders], jobs=[report], environments=[Environment("dev"), cluster])
    SecretFiles(ComposeContext(backend, cluster), tmp_path, {}, None).make()
    made = texts(tmp_path)
    at = urlsplit(made["orders.DATABASE_URL"])
    assert made["orders.DB_PASSWORD"] == at.password
    assert made["orders.JDBC_URL"] == "jdbc:postgresql://postgres:5432/shop_orders"
    for process in ("orders", "report"):
        given = dotenv_values(tmp_path / f"{process}.env")
        assert (given["DB_HOST"], given["DB_USER"], given["DB_PASSWORD"]) == ("postgres", "shop_orders", at.password)
    names = secret_names(backend, cluster)
    assert "orders.DATABASE_URL" in names
    assert not [name for name in names if name.endswith(tuple(parts.values()))], "a part is derived: nobody gives it"
    elsewhere = {
        "orders.DATABASE_URL": "postgresql://shop:s3cret@db.example:6432/shop",
        secret.ADMIN: "postgresql://a@b",
    }
    documents = list(
        yaml.safe_load_all(manifests_text(ClusterContext(backend, cluster, cluster.kubernetes), elsewhere))
    )
    for process in ("orders-secrets", "report-secrets"):
        data = next(each["data"] for each in documents if each["metadata"]["name"] == process)
        assert base64.b64decode(data["JDBC_URL"]) == b"jdbc:postgresql://db.example:6432/shop"
        assert base64.b64decode(data["DB_PASSWORD"]) == b"s3cret"


@pytest.mark.parametrize("backend", sorted(each.parent.name for each in ROOT.glob("backends/*/backend.py")))
def test_every_secret_of_every_backend_says_how_it_is_changed(backend):
    description = stead.load(ROOT / "backends" / backend)
    for environment in description.environments:
        for name, each in secret_names(description, environment).items():
            assert "deliver" in each.change or each.change == procedure.ADMINISTRATOR, name


def test_a_secret_of_which_a_process_takes_two_says_what_to_set_and_in_which_order():
    backend = stead.load(ROOT / "backends/aquastream")
    names = secret_names(backend, backend.environment("prod"))
    assert "the old one, a comma, and the new one" in names["SESSION_SIGNING_KEY"].change
    assert "the new one, a space, and the old one" in names["YOOKASSA_SECRET_KEY"].change


@pytest.mark.parametrize(
    ("name", "setting"), [("aquastream", "SESSION_SIGNING_KEY"), ("tigrit", "SESSION_SIGNING_KEY")]
)
def test_what_the_secrets_service_holds_is_made_for_development_whoever_reads_it(name, setting):
    backend = stead.load(Path(__file__).parents[2] / "backends" / name)
    [dev] = [each for each in backend.environments if each.name == "dev"]
    assert secret.wanted(ComposeContext(backend, dev))[setting].setting.dev is Dev.RANDOM
