"""With a real Vault: each account reads its own documents and no other; the pull secret is kept, or left as it is."""

import base64
import contextlib
import io
import itertools
import json
from pathlib import Path
from urllib.error import HTTPError

import pytest
import yaml

import stead
from stead.ops.cluster import clients, registry_secret, vault_role
from stead.render.kubernetes import manifests
from stead.render.kubernetes import vault as rendered
from stead.render.kubernetes.context import contexts
from stead.render.kubernetes.serialization import plain

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def context():
    return next(contexts(stead.load(ROOT / "backends/archpad")))


@pytest.fixture(scope="module")
def source(context):
    return context.cluster.secrets


@pytest.fixture(scope="module")
def there(context, source, vault, api_server):
    """The namespace with every account and role, and each document of Vault with something in it."""
    api_server.kubectl("create", "namespace", context.cluster.namespace, well=False)
    for manifest in manifests(context).values():
        if manifest.kind in ("ServiceAccount", "Role", "RoleBinding"):
            how = ("apply", "--server-side", "--force-conflicts", "--filename", "-")  # others have shipped there before
            api_server.kubectl(*how, text=yaml.safe_dump(plain(manifest)))
    for documents in rendered.accounts(context, source).values():
        for document in documents:
            vault.write(document, {"OF": document})
    vault.ask("PUT", "/v1/sys/policies/acl/role-admin", {"policy": rendered.admin_policy(context, source)})
    admin = rendered.role_for(context, source, rendered.ROLE_JOB)
    said = {
        "bound_service_account_names": [rendered.ROLE_JOB],
        "bound_service_account_namespaces": [context.cluster.namespace],
        "audience": source.audience,
        "token_policies": ["role-admin"],
    }
    vault.ask("POST", f"/v1/auth/kubernetes/role/{admin}", said)
    return api_server


class Job:
    """One of the Jobs: what its manifest tells it, and the tokens that its Pod has."""

    def __init__(self, context, name, main, api_server, vault, folder) -> None:
        template = manifests(context)[f"{name}/{name}.job.yaml"].spec.template
        steps = {var.name: var.value for var in template.spec.containers[0].env}
        host, port = api_server.url.removeprefix("https://").split(":")
        self.environ = steps | {
            "VAULT_ADDR": vault.url,
            "KUBERNETES_SERVICE_HOST": host,
            "KUBERNETES_SERVICE_PORT": port,
        }
        self._main, self._namespace, self._name, self._server = main, context.cluster.namespace, name, api_server
        self._folder = folder
        (folder / "ca.crt").write_text((api_server.folder / "ca.crt").read_text())

    def run(self, monkeypatch, **steps):
        """Run it with tokens of its account; return the exit status and what it wrote."""
        token = ("create", "token", self._name, "--namespace", self._namespace)
        (self._folder / "vault").write_text(self._server.kubectl(*token, "--audience=vault"))
        (self._folder / "kubernetes").write_text(self._server.kubectl(*token))
        monkeypatch.setattr(clients.vault, "__defaults__", (self._folder,))
        monkeypatch.setattr(clients.api_server, "__defaults__", (self._folder,))
        wrote = io.StringIO()
        with contextlib.redirect_stderr(wrote):
            return self._main(self.environ | steps), wrote.getvalue()


@pytest.fixture
def role_job(context, there, vault, tmp_path):
    return Job(context, rendered.ROLE_JOB, vault_role.main, there, vault, tmp_path)


@pytest.fixture
def registry_job(context, there, vault, tmp_path):
    return Job(context, rendered.REGISTRY_JOB, registry_secret.main, there, vault, tmp_path)


def login(vault, there, context, account):
    token = there.kubectl("create", "token", account, "--namespace", context.cluster.namespace, "--audience=vault")
    role = rendered.secret.role_of(context, context.cluster.secrets)
    return vault.ask("POST", "/v1/auth/kubernetes/login", {"role": role, "jwt": token.strip()})["auth"]["client_token"]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(role_job, vault, monkeypatch):
    status, wrote = role_job.run(monkeypatch, DRY_RUN="1")
    assert status == 0, wrote
    assert "would be made: the policy archpad-prod-tenant-service" in wrote
    assert "would be changed: the role platform" in wrote
    with pytest.raises(HTTPError):
        vault.ask("GET", "/v1/auth/kubernetes/role/platform")


def test_each_account_reads_its_own_documents_and_is_refused_all_others(
    role_job, vault, there, context, source, monkeypatch
):
    assert role_job.run(monkeypatch)[0] == 0
    accounts = rendered.accounts(context, source)
    every = sorted({document for documents in accounts.values() for document in documents})
    tried = 0
    for account, document in itertools.product(accounts, every):
        token = login(vault, there, context, account)
        if document in accounts[account]:
            assert vault.ask("GET", f"/v1/{document}", token=token)["data"]["data"] == {"OF": document}
        else:
            with pytest.raises(HTTPError, match="403"):
                vault.ask("GET", f"/v1/{document}", token=token)
        tried += 1
    assert tried == len(accounts) * len(every)


def test_a_second_run_changes_nothing(role_job, monkeypatch):
    assert role_job.run(monkeypatch)[0] == 0
    assert role_job.run(monkeypatch) == (0, "")


def test_a_strange_account_is_let_in_by_nobody(role_job, vault, there, context, monkeypatch):
    role_job.run(monkeypatch)
    there.kubectl("create", "serviceaccount", "stranger", "--namespace", context.cluster.namespace, well=False)
    with pytest.raises(HTTPError, match="403"):
        login(vault, there, context, "stranger")


def test_an_account_that_still_runs_is_not_taken_out(role_job, there, context, monkeypatch):
    assert role_job.run(monkeypatch)[0] == 0
    namespace = context.cluster.namespace
    pod = plain(manifests(context)["tenant-service/tenant-service.deployment.yaml"])["spec"]["template"]
    pod |= {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": pod["metadata"] | {"name": "running", "namespace": namespace},
    }
    there.kubectl("apply", "--server-side", "--filename", "-", text=yaml.safe_dump(pod))
    desired = json.loads(role_job.environ["DESIRED"])
    del desired["accounts"]["tenant-service"]
    status, wrote = role_job.run(monkeypatch, DESIRED=json.dumps(desired))
    assert status == 1
    assert "tenant-service would lose its secrets, and its Pods still run" in wrote
    there.kubectl("delete", "pod", "running", "--namespace", namespace, "--force", "--grace-period=0")
    status, wrote = role_job.run(monkeypatch, DESIRED=json.dumps(desired))
    assert status == 0, wrote
    assert "changed: the role platform" in wrote
    assert role_job.run(monkeypatch)[0] == 0  # and back again


def test_the_pull_secret_is_what_the_document_says(registry_job, role_job, vault, there, context, monkeypatch):
    role_job.run(monkeypatch)
    values = {
        "REGISTRY_URL": "https://registry.example.com",
        "REGISTRY_USERNAME": "robot",
        "REGISTRY_PASSWORD": "p'\"$`ä",
    }
    vault.write("kv/data/container-register", values)
    status, wrote = registry_job.run(monkeypatch)
    assert status == 0, wrote
    assert "p'" not in wrote
    held = secret_of(there, context)
    assert held["auths"]["registry.example.com"]["password"] == "p'\"$`ä"
    vault.write("kv/data/container-register", {"REGISTRY_URL": "https://other.example.com"})
    status, wrote = registry_job.run(monkeypatch)
    assert status == 1
    assert "has no REGISTRY_USERNAME, REGISTRY_PASSWORD; the Secret archpad-registry-secret is unchanged" in wrote
    assert secret_of(there, context) == held


def secret_of(there, context):
    where = ("--namespace", context.cluster.namespace, "secret", context.cluster.pull_secret)
    encoded = there.kubectl("get", *where, r"--output=jsonpath={.data.\.dockerconfigjson}")
    return json.loads(base64.b64decode(encoded))


def test_the_pull_secrets_job_can_read_no_other_secret(there, context):
    who = f"--as=system:serviceaccount:{context.cluster.namespace}:{rendered.REGISTRY_JOB}"
    where = ("--namespace", context.cluster.namespace)
    for verb, name in (("get", "other"), ("patch", "other"), ("list", ""), ("delete", context.cluster.pull_secret)):
        resource = f"secrets/{name}" if name else "secrets"
        assert there.kubectl("auth", "can-i", verb, resource, who, *where, well=False).strip() == "no"


def test_a_missing_document_is_named(registry_job, role_job, monkeypatch):
    role_job.run(monkeypatch)
    status, wrote = registry_job.run(monkeypatch, VAULT_DOCUMENT="kv/data/nowhere")
    assert status == 1
    assert "kv/data/nowhere" in wrote


def test_a_missing_role_is_named_with_what_it_has_to_be_bound_to(registry_job, monkeypatch):
    status, wrote = registry_job.run(monkeypatch, VAULT_ROLE="nowhere")
    assert status == 1
    assert "the role nowhere of auth/kubernetes must be bound to this account" in wrote


def test_a_sealed_vault_is_said(registry_job, vault, monkeypatch, tmp_path_factory):
    """The last of these tests: nobody unseals it again."""
    vault.seal()
    status, wrote = registry_job.run(monkeypatch)
    assert status == 1
    assert "sealed" in wrote.lower()
    assert "unseal it" in wrote
