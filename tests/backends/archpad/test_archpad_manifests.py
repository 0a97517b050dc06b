"""What is rendered for archpad's cluster, held against the description of its deployment: `docs/archpad.md`."""

import json
import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
PROD = ROOT / "backends/archpad/deploy/kubernetes/prod"
FORGE = ROOT / ".gitlab/ci/archpad"
SERVICES = ("arch-repo-service", "tenant-service")
JOB = "hasura-sync-service"
KV = "kv/data/archpad/demo"
COMMON, POSTGRES = f"{KV}/backend/common", f"{KV}/postgres"
AGENT = "vault.hashicorp.com"
DOCUMENTS = {
    **{name: {f"{KV}/backend/{name}", COMMON, POSTGRES} for name in SERVICES},
    JOB: {f"{KV}/hasura-secret", POSTGRES},  # in the others is nothing for it
}


@cache
def rendered(process, kind):
    return yaml.safe_load((PROD / process / f"{process}.{kind}.yaml").read_text())


def kinds(process):
    return {file.name.split(".")[1] for file in (PROD / process).glob("*.yaml")}


def runs(process):
    return rendered(process, "job" if "job" in kinds(process) else "deployment")


def pod(process):
    return runs(process)["spec"]["template"]


def wave(process):
    return int(runs(process)["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


def env(process):
    return {each["name"]: each.get("value") for each in pod(process)["spec"]["containers"][0]["env"]}


def test_each_service_has_its_folder_account_deployment_service_and_application():
    for name in SERVICES:
        assert {"serviceaccount", "deployment", "service", "app"} <= kinds(name)
    assert {"serviceaccount", "job", "app"} <= kinds(JOB)
    assert not kinds(JOB) & {"deployment", "service"}


def test_each_logs_in_to_vault_as_itself_with_a_token_for_vault_alone():
    for name in DOCUMENTS:
        spec, annotations = pod(name)["spec"], pod(name)["metadata"]["annotations"]
        assert spec["serviceAccountName"] == rendered(name, "serviceaccount")["metadata"]["name"] == name
        assert spec["automountServiceAccountToken"] is False
        assert annotations[f"{AGENT}/role"] == "platform"
        volume = annotations[f"{AGENT}/agent-service-account-token-volume-name"]
        [token] = [each["projected"]["sources"] for each in spec["volumes"] if each["name"] == volume]
        assert [each["serviceAccountToken"]["audience"] for each in token] == ["vault"]
        assert (annotations.get(f"{AGENT}/agent-pre-populate-only") == "true") == (name == JOB)


def test_each_reads_the_documents_that_are_listed_and_its_policy_permits_no_other():
    for name, documents in DOCUMENTS.items():
        annotations = pod(name)["metadata"]["annotations"]
        read = {value for key, value in annotations.items() if key.startswith(f"{AGENT}/agent-inject-secret-")}
        assert read == documents
        assert set(re.findall(r'^path "(.+)" \{$', (PROD / f"vault/{name}.hcl").read_text(), re.MULTILINE)) == documents


def test_the_registrys_secret_is_copied_in_each_sync_before_any_service():
    job = rendered("registry-secret-sync", "job")["metadata"]
    assert job["namespace"] == "platform"
    assert job["annotations"]["argocd.argoproj.io/hook"] == "Sync"
    assert all(wave("registry-secret-sync") < wave(name) for name in DOCUMENTS)
    assert {"kv/data/container-register", "archpad-registry-secret"} <= set(env("registry-secret-sync").values())
    for name in DOCUMENTS:
        assert rendered(name, "serviceaccount")["imagePullSecrets"] == [{"name": "archpad-registry-secret"}]


def test_a_job_of_each_sync_keeps_every_account_in_the_role():
    assert rendered("vault-role", "job")["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "Sync"
    desired = json.loads(env("vault-role")["DESIRED"])
    assert desired["role"] == "platform"
    assert desired["accounts"].keys() >= {*DOCUMENTS, "registry-secret-sync"}
    assert set(desired["accounts"].values()) == desired["policies"].keys()


def test_the_gateway_alone_is_reached_from_outside_at_the_host():
    assert {rendered(name, "service")["spec"]["type"] for name in (*SERVICES, "api-gateway")} == {"ClusterIP"}
    [route] = PROD.glob("*/*.httproute.yaml")
    spec = yaml.safe_load(route.read_text())["spec"]
    assert spec["hostnames"] == ["api.archpad.pro"]
    assert [each["name"] for rule in spec["rules"] for each in rule["backendRefs"]] == ["api-gateway"]


def test_argo_cd_syncs_each_folder_by_itself():
    for name in DOCUMENTS:
        spec = rendered(name, "app")["spec"]
        assert spec["source"]["path"] == f"backends/archpad/deploy/kubernetes/prod/{name}"
        assert spec["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True, "allowEmpty": False}


def test_images_are_of_the_registry_by_digest_and_the_pipeline_builds_and_commits_them():
    for name in DOCUMENTS:
        image = pod(name)["spec"]["containers"][0]["image"]
        assert re.fullmatch(r"registry\.timeweb\.cloud/archpad/archpad-python@sha256:[0-9a-f]{64}", image)
    build = (FORGE / "build.yml").read_text()
    assert "REPOSITORY: registry.timeweb.cloud/archpad/archpad-python" in build
    assert 'NAMES="$REPOSITORY:$CI_COMMIT_SHA"' in build
    assert "stead ci deploy backends/archpad --env prod" in (FORGE / "deploy.yml").read_text()


def test_every_secret_that_is_read_is_on_the_rendered_page():
    page = (PROD / "common/SECRETS.md").read_text()
    for name in DOCUMENTS:
        for key, document in pod(name)["metadata"]["annotations"].items():
            if key.startswith(f"{AGENT}/agent-inject-secret-"):
                setting = key.rpartition("agent-inject-secret-")[2]
                assert re.search(rf"^\| {name} \| {re.escape(setting)} \|.*`{document}`", page, re.MULTILINE)
