"""`stead secret … --env`: an environment's secrets are sealed to two, changed, brought to where they are read."""

import base64
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyrage import x25519

from stead.cli import _guarded

ANN, BEN, EVE = x25519.Identity.generate(), x25519.Identity.generate(), x25519.Identity.generate()
TWO = ("--recipient", str(ANN.to_public()), "--recipient", str(BEN.to_public()))
DESCRIPTION = """
from stead import Backend, Environment, Gateway, Kubernetes, Postgres, Route, Server, Service, Setting

stock = Service("stock", app="shop:stock", routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service("orders", app="shop:orders", needs=[Postgres("DATABASE_URL")], calls=[stock.may("read")],
    settings=[Setting("PAY_KEY", secret=True, help="The key of the payment provider.")],
    routes=[Route.public("GET", "/v1/orders")])
place = Kubernetes("shop", servers={"postgres": Server(5432, namespace="data")})
backend = Backend("shop", gateway=Gateway("edge", fronts=[orders]), services=[stock, orders],
    environments=[Environment("dev"), Environment("staging"), Environment("prod", kubernetes=place)],
    registry="r.example")
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "backend.py").write_text(DESCRIPTION)
    return tmp_path


@pytest.fixture
def stead(shop, monkeypatch, capsys):
    """Run a command beside the backend, in this process; return (status, output, errors)."""

    def run(*words, value=None, identity=ANN):
        monkeypatch.chdir(shop)
        monkeypatch.delenv("SOPS_AGE_KEY_FILE", raising=False)
        monkeypatch.setenv("SOPS_AGE_KEY", str(identity or ""))
        monkeypatch.setattr(sys, "stdin", io.StringIO(value or ""))
        status = _guarded(list(words))
        return status or 0, *capsys.readouterr()

    return run


def secret(stead, do, *words, env="prod", **how):
    return stead("secret", do, *words, "--env", env, **how)


def test_a_first_file_has_the_keys_that_are_made_and_says_what_a_person_gives(stead, shop):
    status, output, errors = secret(stead, "init", *TWO, identity=None)
    assert status == 0, errors
    assert "deploy/sops/prod.yaml" in output
    assert "missing  PAY_KEY" in errors
    assert "missing  orders.DATABASE_URL" in errors
    text = (shop / "deploy/sops/prod.yaml").read_text()
    assert "orders.SERVICE_JWT_SECRET" in text
    assert '"d":' not in text
    assert secret(stead, "init", *TWO)[0] == 1, "a file that is there is not written over"
    status, listed, _ = secret(stead, "list", identity=None)
    assert (status, "PAY_KEY" in listed) == (1, True)
    page = (shop / "deploy/sops/SECRETS.md").read_text()
    assert "| `PAY_KEY` | orders | The key of the payment provider. | **missing** |" in page


def test_fewer_than_two_recipients_are_refused(stead):
    status, _, errors = secret(stead, "init", "--recipient", str(ANN.to_public()))
    assert status == 1
    assert "needs 2" in errors
    assert "not an age recipient" in secret(stead, "init", "--recipient", "age1x", "--recipient", "y")[2]
    assert "a private key" in secret(stead, "init", "--recipient", str(ANN), *TWO)[2]


def test_a_value_is_set_read_and_nobody_elses(stead):
    secret(stead, "init", *TWO)
    value = "a 'quoted' $VALUE\nof two lines"
    assert secret(stead, "set", "PAY_KEY", value=value + "\n") == (0, "", "")
    assert secret(stead, "get", "PAY_KEY", identity=BEN) == (0, value, "")
    status, output, errors = secret(stead, "get", "PAY_KEY", identity=EVE)
    assert (status, output) == (1, "")
    assert "none of the given identities opens it" in errors
    assert "Traceback" not in errors
    assert "is not a secret of prod" in secret(stead, "set", "PAY_KEI", value="x")[2]
    assert "give --identity FILE" in secret(stead, "get", "PAY_KEY", identity=None)[2]
    assert "no environment test" in secret(stead, "get", "PAY_KEY", env="test")[2]
    assert "has no sealed file" in secret(stead, "get", "PAY_KEY", env="staging")[2]


def test_an_environment_may_not_share_a_value_with_production(stead):
    secret(stead, "init", *TWO)
    secret(stead, "init", *TWO, env="staging")
    assert secret(stead, "set", "PAY_KEY", value="live-1")[0] == 0
    status, _, errors = secret(stead, "set", "PAY_KEY", value="live-1", env="staging")
    assert status == 1
    assert "prod has the same PAY_KEY" in errors
    assert "live-1" not in errors


def test_who_is_removed_opens_nothing_more(stead):
    secret(stead, "init", *TWO)
    secret(stead, "set", "PAY_KEY", value="x")
    third = str(EVE.to_public())
    assert third in secret(stead, "recipients", "--recipient", third)[1]
    assert secret(stead, "get", "PAY_KEY", identity=EVE)[1] == "x"
    status, output, errors = secret(stead, "recipients", "--remove", str(BEN.to_public()))
    assert (status, str(BEN.to_public()) in output) == (0, False)
    assert "replace each" in errors
    assert secret(stead, "get", "PAY_KEY", identity=BEN)[0] == 1
    assert secret(stead, "recipients", "--remove", third)[0] == 1, "one alone is too few"


def keys_of(stead, caller):
    """Return the keys of a caller in the keyring of its callee, as the cluster gets it."""
    for name, value in (("PAY_KEY", "x"), ("orders.DATABASE_URL", "postgresql://x"), ("postgres.ADMIN_URL", "x")):
        secret(stead, "set", name, value=value)
    status, text, errors = secret(stead, "manifests")
    assert status == 0, errors
    rings = [each["data"].get("SERVICE_JWT_KEYS") for each in yaml.safe_load_all(text)]
    found = [key for ring in rings if ring for key in json.loads(base64.b64decode(ring))["keys"]]
    return [key["x"] for key in found if key["kid"] == caller]


def test_a_key_is_rotated_in_three_phases_and_its_callee_takes_two_meanwhile(stead):
    secret(stead, "init", *TWO)
    name = "orders.SERVICE_JWT_SECRET"
    seen = [(json.loads(secret(stead, "get", name)[1])["x"], keys_of(stead, "orders"))]
    for phase in ("1 of 3", "2 of 3", "3 of 3"):
        status, output, _ = secret(stead, "rotate", name)
        assert (status, output.startswith(phase)) == (0, True), output
        seen.append((json.loads(secret(stead, "get", name)[1])["x"], keys_of(stead, "orders")))
    old, new = seen[0][0], seen[3][0]
    assert old != new
    assert seen == [(old, [old]), (old, [old, new]), (new, [new, old]), (new, [new])]


def test_the_page_says_of_each_secret_how_it_is_changed(stead, shop):
    secret(stead, "init", *TWO)
    rows = [line for line in (shop / "deploy/sops/SECRETS.md").read_text().splitlines() if line.startswith("| `")]
    assert len(rows) >= 4
    assert [row for row in rows if "secret set" not in row and "secret rotate" not in row] == []


def test_a_rotated_key_is_another_and_one_that_a_person_gives_is_refused(stead):
    secret(stead, "init", *TWO)
    before = secret(stead, "get", "orders.SERVICE_JWT_SECRET")[1]
    for _ in range(3):
        assert secret(stead, "rotate", "orders.SERVICE_JWT_SECRET")[0] == 0
    assert secret(stead, "get", "orders.SERVICE_JWT_SECRET")[1] != before
    assert "is not generated" in secret(stead, "rotate", "PAY_KEY")[2]
    assert secret(stead, "rotate")[0] == 0


def test_a_file_that_was_changed_by_hand_is_refused(stead, shop):
    secret(stead, "init", *TWO)
    file = shop / "deploy/sops/prod.yaml"
    file.write_text("PAY_KEY: in the clear\n" + file.read_text())
    for words in (("get", "PAY_KEY"), ("set", "PAY_KEY"), ("rotate",), ("manifests",)):
        status, _, errors = secret(stead, *words, value="x")
        assert status == 1
        assert "prod.yaml: PAY_KEY is not encrypted" in errors


def test_manifests_are_the_secrets_that_the_pods_read(stead):
    secret(stead, "init", *TWO)
    assert "prod has no PAY_KEY, orders.DATABASE_URL, postgres.ADMIN_URL" in secret(stead, "manifests")[2]
    for name in ("PAY_KEY", "orders.DATABASE_URL", "postgres.ADMIN_URL"):
        secret(stead, "set", name, value=f"value of {name}")
    status, output, errors = secret(stead, "manifests")
    assert status == 0, errors
    found = {tree["metadata"]["name"]: tree for tree in yaml.safe_load_all(output)}
    orders = {key: base64.b64decode(text).decode() for key, text in found["orders-secrets"]["data"].items()}
    assert orders["PAY_KEY"] == "value of PAY_KEY"
    assert orders["DATABASE_URL"] == "value of orders.DATABASE_URL"
    keyring = base64.b64decode(found["stock-secrets"]["data"]["SERVICE_JWT_KEYS"]).decode()
    assert '"kid":"orders"' in keyring
    assert '"d"' not in keyring
    assert set(found["postgres-databases-secrets"]["data"]) == {"ADMIN_URL", "orders.DATABASE_URL"}
    assert all(tree["metadata"]["namespace"] == "shop" for tree in found.values())


def test_the_secret_files_of_compose_come_from_the_sealed_file(stead, shop):
    secret(stead, "init", *TWO, env="staging")
    status, _, errors = stead("render", "--secrets", "staging")
    assert (status, "missing  PAY_KEY: stead secret set PAY_KEY --env staging" in errors) == (1, True)
    secret(stead, "set", "PAY_KEY", value="sealed value", env="staging")
    status, _, errors = stead("render", "--secrets", "staging")
    assert status == 0, errors
    folder = shop / "deploy/compose/secrets/stage"
    assert (folder / "PAY_KEY").read_text() == "sealed value"
    key = secret(stead, "get", "orders.SERVICE_JWT_SECRET", env="staging")[1]
    assert (folder / "orders.SERVICE_JWT_SECRET").read_text() == key
    secret(stead, "set", "PAY_KEY", value="another", env="staging")
    assert stead("render", "--secrets", "staging")[0] == 0
    assert (folder / "PAY_KEY").read_text() == "another"


def test_the_check_passes_what_is_sealed_here_and_finds_what_is_not(stead, shop):
    secret(stead, "init", *TWO)
    secret(stead, "set", "PAY_KEY", value="x")
    status, said, errors = stead("check", "--select", "SOPS")
    assert (status, "prod has no orders.DATABASE_URL" in said + errors) == (1, True)
    for name in ("orders.DATABASE_URL", "postgres.ADMIN_URL"):
        secret(stead, "set", name, value="postgresql://one:two@data/three")
    assert stead("check", "--select", "SOPS")[0] == 0
    file = shop / "deploy/sops/prod.yaml"
    file.write_text("PAY_KEI: in the clear\n" + file.read_text())
    status, said, errors = stead("check", "--select", "SOPS")
    assert status == 1
    assert "SOPS010" in said + errors
    assert "SOPS014" in said + errors
    assert "PAY_KEI: in" not in said, "the line is not shown, since it holds a value"


def certificate(folder, key, *, days=30):
    """Write the certificate of a controller, and return its path."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sealed-secrets")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = builder.not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
    file = folder / f"{type(key).__name__}{days}.pem"
    file.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return str(file)


def unsealed(key, text, label):
    """Open a value as the controller does (sealed-secrets, pkg/crypto/crypto.go, HybridDecrypt)."""
    raw = base64.b64decode(text)
    length = int.from_bytes(raw[:2], "big")
    oaep = OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=label.encode())
    session = key.decrypt(raw[2 : 2 + length], oaep)
    return AESGCM(session).decrypt(bytes(12), raw[2 + length :], None).decode()


def test_a_controller_alone_opens_a_sealed_secret_and_only_in_its_place(stead, shop):
    secret(stead, "init", *TWO)
    for name, value in (("PAY_KEY", "live-1"), ("orders.DATABASE_URL", "postgresql://x"), ("postgres.ADMIN_URL", "x")):
        secret(stead, "set", name, value=value)
    key = rsa.generate_private_key(65537, 2048)
    status, text, errors = secret(stead, "manifests", "--certificate", certificate(shop, key))
    assert (status, "live-1" in text) == (0, False), errors
    found = {each["metadata"]["name"]: each for each in yaml.safe_load_all(text)}
    assert {each["kind"] for each in found.values()} == {"SealedSecret"}
    orders = found["orders-secrets"]["spec"]
    assert orders["template"]["metadata"]["name"] == "orders-secrets"
    assert unsealed(key, orders["encryptedData"]["PAY_KEY"], "shop/orders-secrets") == "live-1"
    with pytest.raises(ValueError, match="Decryption failed"):
        unsealed(key, orders["encryptedData"]["PAY_KEY"], "shop/stock-secrets")


def test_a_certificate_that_is_none_or_is_over_is_refused(stead, shop):
    secret(stead, "init", *TWO)
    key = rsa.generate_private_key(65537, 2048)
    (shop / "no.pem").write_text("x")
    for file, said in (
        (str(shop / "gone.pem"), "cannot be read"),
        (str(shop / "no.pem"), "is not a certificate"),
        (certificate(shop, key, days=-1), "expired on"),
        (certificate(shop, ec.generate_private_key(ec.SECP256R1())), "has no RSA key"),
    ):
        status, _, errors = secret(stead, "manifests", "--certificate", file)
        assert (status, said in errors, "Traceback" in errors) == (1, True, False), errors


@pytest.mark.skipif(shutil.which("kubeseal") is None, reason="kubeseal is not installed")
def test_kubeseal_opens_what_is_sealed_here(stead, shop):
    secret(stead, "init", *TWO)
    for name, value in (("PAY_KEY", "live-1"), ("orders.DATABASE_URL", "postgresql://x"), ("postgres.ADMIN_URL", "x")):
        secret(stead, "set", name, value=value)
    key = rsa.generate_private_key(65537, 2048)
    private = shop / "controller.key"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    text = secret(stead, "manifests", "--certificate", certificate(shop, key))[1]
    sealed = next(each for each in text.split("---\n") if "name: orders-secrets" in each)
    words = ["kubeseal", "--recovery-unseal", "--recovery-private-key", str(private)]
    done = subprocess.run(words, input=sealed, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    opened = json.loads(done.stdout)
    assert base64.b64decode(opened["data"]["PAY_KEY"]).decode() == "live-1"
    assert opened["metadata"]["name"] == "orders-secrets"


def test_a_value_that_is_not_text_is_refused(stead):
    secret(stead, "init", *TWO)
    status, _, errors = secret(stead, "set", "PAY_KEY", value="\udcff\udcfe")
    assert (status, "the value is not text in UTF-8" in errors) == (1, True)
