"""No secret is in a manifest; each process is told where its own are, and Vault lets it read no others."""

import json

import yaml

from render.kubernetes_objects import containers, objects, pods
from render.kubernetes_shop import SOURCES, shop
from stead.model import Vault
from stead.render.kubernetes import files, secret_page
from stead.render.kubernetes.context import contexts


def test_a_program_reads_its_environment_and_python_reads_files():
    found = pods(objects(shop()))
    mail = {var["name"]: var for var in containers(found["mail/mail.deployment.yaml"])[-1]["env"]}
    selector = mail["SMTP_PASSWORD"]["valueFrom"]["secretKeyRef"]
    assert selector == {"name": "mail-secrets", "key": "SMTP_PASSWORD"}
    orders = containers(found["orders/orders.deployment.yaml"])[0]
    told = {var["name"]: var.get("value") for var in orders["env"]}
    assert told["PARTNER_KEY_FILE"] == "/run/secrets/stead/PARTNER_KEY"
    assert {"name": "secrets", "mountPath": "/run/secrets/stead", "readOnly": True} in orders["volumeMounts"]
    assert "PARTNER_KEY" not in told


def test_the_operator_is_asked_for_each_secret_of_a_process():
    spec = objects(shop(SOURCES["external"]))["orders/orders.externalsecret.yaml"]["spec"]
    assert spec["secretStoreRef"] == {"name": "vault", "kind": "ClusterSecretStore"}
    assert spec["target"]["name"] == "orders-secrets"
    keys = {each["secretKey"]: each["remoteRef"] for each in spec["data"]}
    defaults = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
    assert keys["PARTNER_KEY"] == {"key": "shop/prod/orders", "property": "PARTNER_KEY"} | defaults
    assert {"DATABASE_URL", "REDIS_URL", "SERVICE_JWT_KEYS"} <= keys.keys()


def vault_pods(**said):
    return pods(objects(shop(Vault("shop/prod", **said), programs=False)))


def notes(template):
    prefix = "vault.hashicorp.com/"
    return {name.removeprefix(prefix): value for name, value in template["metadata"]["annotations"].items()}


def test_vaults_agent_is_told_each_document_with_its_data():
    said = notes(vault_pods()["orders/orders.deployment.yaml"])
    assert said["agent-inject"] == "true"
    assert said["role"] == "shop"
    assert said["agent-inject-secret-PARTNER_KEY"] == "kv/data/shop/prod/backend/orders"
    template = said["agent-inject-template-PARTNER_KEY"]
    assert (
        template
        == '{{- with secret "kv/data/shop/prod/backend/orders" -}}{{ index .Data.data "PARTNER_KEY" }}{{- end -}}'
    )
    assert said["error-on-missing-key-PARTNER_KEY"] == "true"
    assert said["error-on-missing-key-PARTNER_TOKEN"] == "false"
    assert "agent-pre-populate-only" not in said


def test_the_agent_of_a_job_ends_with_it():
    assert notes(vault_pods()["seed/seed.job.yaml"])["agent-pre-populate-only"] == "true"


def test_a_shared_document_has_one_meaning_a_name():
    """Two processes have a setting of one name with two values: in a common document each has a key of its own."""
    said = vault_pods(documents={"common": ["SERVICE_JWT_KEYS"], "postgres": ["DATABASE_URL"]})
    orders, seed = notes(said["orders/orders.deployment.yaml"]), notes(said["seed/seed.job.yaml"])
    assert orders["agent-inject-secret-SERVICE_JWT_KEYS"] == "kv/data/shop/prod/common"
    assert '"orders.SERVICE_JWT_KEYS"' in orders["agent-inject-template-SERVICE_JWT_KEYS"]
    assert '"orders.DATABASE_URL"' in seed["agent-inject-template-DATABASE_URL"]


def test_names_of_annotations_are_never_too_long():
    long = "the-service-that-counts-everything-twice"
    backend = shop(Vault("shop/prod"), programs=False)
    object.__setattr__(backend.services[0], "name", long)
    for template in pods(objects(backend)).values():
        if "annotations" not in template["metadata"]:
            continue  # a Job of Stead's own, which asks Vault by itself
        for name in template["metadata"]["annotations"]:
            assert len(name.partition("/")[2]) <= 63, name
        assert len({name for name in template["metadata"]["annotations"] if "agent-inject-file" in name}) == sum(
            "agent-inject-template" in name for name in template["metadata"]["annotations"]
        )


def test_the_role_binds_the_accounts_that_run_and_gives_each_its_own_policy():
    found = objects(shop(SOURCES["vault"], programs=False))
    env = {var["name"]: var["value"] for var in containers(pods(found)["vault-role/vault-role.job.yaml"])[0]["env"]}
    desired = json.loads(env["DESIRED"])
    running = {template["spec"]["serviceAccountName"] for template in pods(found).values()}
    assert set(desired["accounts"]) == running - {"vault-role"}
    assert (
        desired["policies"]["shop-prod-orders"]
        == 'path "kv/data/shop/prod/backend/orders" {\n  capabilities = ["read"]\n}\n'
    )
    assert env["VAULT_ROLE"] == "shop-admin"


def test_the_pull_secrets_job_may_do_that_alone():
    found = objects(shop(SOURCES["vault"], programs=False))
    rules = found["registry-secret-sync/registry-secret-sync.role.yaml"]["rules"]
    assert rules == [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["registry"], "verbs": ["get", "patch"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
    ]


def test_every_secret_has_its_line_on_the_page():
    for source in SOURCES.values():
        page = files(shop(source, programs=False))["kubernetes/prod/common/SECRETS.md"]
        for process, setting in (
            ("orders", "PARTNER_KEY"),
            ("stock", "SERVICE_JWT_SECRET"),
            ("edge", "SERVICE_JWT_SECRET"),
        ):
            assert f"| {process} | {setting} |" in page


def test_no_manifest_holds_a_secret():
    for source in SOURCES.values():
        for text in files(shop(source, programs=False)).values():
            document = yaml.safe_load(text) if text.startswith("apiVersion") else {}
            assert document.get("kind") != "Secret"


def test_the_page_says_whose_database_a_process_shares():
    rows = secret_page.page(next(contexts(shop()))).splitlines()
    [seed] = [row for row in rows if row.startswith("| seed | DATABASE_URL |")]
    assert seed.endswith("| the same as orders.DATABASE_URL |")


def test_the_page_says_that_the_pull_secret_is_made_before_the_job_that_keeps_it():
    page = secret_page.page(next(contexts(shop(SOURCES["vault"], programs=False))))
    assert "| Vault, `kv/data/registry` | the registry |" in page
    assert "kubectl --namespace=shop create secret docker-registry registry" in page
    assert "registry-secret-sync` keeps it" in page
    assert "keeps it" not in secret_page.page(next(contexts(shop())))
