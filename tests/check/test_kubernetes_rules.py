"""Rules on manifests at their edges: what the API takes is not told, and what it refuses is."""

import pytest

from check.manifest_texts import APP, JOB, added, of, text
from check.rule_run import held
from stead.check.kubernetes.workload import quantity
from stead.check.registry import rules

RULES = rules(["KUBERNETES"], costs=("fast",))
BACKEND = 'from stead import Backend\n\nbackend = Backend("shop", services=[])\n'
DELIVERED, BESIDE = "deploy/kubernetes/prod/a.yaml", "k8s/a.yaml"


def codes(root, name, content):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / "backend.py").write_text(BACKEND)
    (root / name).write_text(content)
    return {finding.code for finding in held(root, RULES)}


def changed(whole, before, after):
    assert whole.count(before) == 1, before
    return whole.replace(before, after)


@pytest.mark.parametrize(
    "value", ["1", "1.5", "1e3", "0x1F", "1_000", "true", "Yes", "off", "-7", ".5", "[a]", "{a: 1}"]
)
def test_what_yaml_takes_for_another_type_is_no_value_of_a_variable(tmp_path, value):
    whole = changed(APP, 'value: "100"', f"value: {value}")
    assert codes(tmp_path, DELIVERED, whole) == {"KUBERNETES022"}


@pytest.mark.parametrize("value", ["a", "1.2.3", '"1"', "'true'", "", "null", "y", "10.0.0.7/32", "1h", "!!str 7", "_"])
def test_a_text_is_a_value_of_a_variable(tmp_path, value):
    whole = changed(APP, 'value: "100"', f"value: {value}")
    assert codes(tmp_path, DELIVERED, whole) == set()


@pytest.mark.parametrize("schedule", ["* * * * *", "*/5 0-6 1,15 jan-jun MON", "@daily", "@every 1h", "0 0 * * 7"])
def test_a_schedule_is_taken(tmp_path, schedule):
    whole = changed(text("plain-scheduled"), "15 3 * * *", schedule)
    assert codes(tmp_path, BESIDE, whole) == set()


@pytest.mark.parametrize("schedule", ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "@often", "* * * foo *"])
def test_a_schedule_is_refused(tmp_path, schedule):
    whole = changed(text("plain-scheduled"), "15 3 * * *", schedule)
    assert codes(tmp_path, BESIDE, whole) == {"KUBERNETES079"}


@pytest.mark.parametrize(
    ("amount", "number"),
    [("1", 1), ("250m", 0.25), ("64Mi", 64 * 2**20), ("1.5Gi", 1.5 * 2**30), ("2e3", 2000), ("1E", 1e18),
     ("64MB", None), ("64mi", None), ("", None), ("Mi", None)],
)  # fmt: skip
def test_a_quantity_is_what_kubernetes_reads(amount, number):
    assert quantity(amount) == number


@pytest.mark.parametrize(
    ("budget", "blocks"),
    [("minAvailable: 1", False), ("minAvailable: 2", True), ("minAvailable: 50%", False), ("minAvailable: 67%", True),
     ("minAvailable: 100%", True), ("maxUnavailable: 0%", True), ("maxUnavailable: 25%", False)],
)  # fmt: skip
def test_a_budget_of_two_replicas_lets_one_go_or_not(tmp_path, budget, blocks):
    whole = changed(APP, "maxUnavailable: 1\n", f"{budget}\n")
    assert codes(tmp_path, DELIVERED, whole) == ({"KUBERNETES056"} if blocks else set())


def test_a_budget_of_a_scaled_workload_is_held_to_the_fewest(tmp_path):
    scaled = added(changed(APP, "  replicas: 2\n", ""), text("scaler"))
    whole = changed(scaled, "maxUnavailable: 1\n", "minAvailable: 2\n")
    assert codes(tmp_path, DELIVERED, whole) == {"KUBERNETES056"}


@pytest.mark.parametrize(
    ("hook", "told"),
    [
        ("exec: {command: [sleep, '29']}", False),
        ("exec: {command: [sleep, '30']}", True),
        ("exec: {command: [/bin/sh, -c, 'sleep 45; nginx -s quit']}", True),
        ("httpGet: {path: /drain, port: http}", False),
    ],
)
def test_a_stop_hook_is_shorter_than_the_grace(tmp_path, hook, told):
    whole = changed(APP, "sleep: {seconds: 5}", hook)
    assert codes(tmp_path, DELIVERED, whole) == ({"KUBERNETES049"} if told else set())


def test_a_user_of_the_container_is_stronger_than_that_of_the_pod(tmp_path):
    below = changed(APP, "allowPriv", "runAsUser: 0\n            allowPriv")
    assert codes(tmp_path, DELIVERED, below) == {"KUBERNETES033"}
    above = changed(
        changed(APP, "runAsUser: 10001", "runAsUser: 0"), "allowPriv", "runAsUser: 7\n            allowPriv"
    )
    assert codes(tmp_path, DELIVERED, above) == set()


def test_a_limit_alone_is_a_request_too(tmp_path):
    whole = changed(APP, "requests: {cpu: 100m, memory: 64Mi}", "requests: {cpu: 100m}")
    assert codes(tmp_path, DELIVERED, whole) == set()


def test_a_sidecar_that_starts_first_is_probed_like_the_others(tmp_path):
    sidecar = """      initContainers:
        - name: proxy
          image: IMAGE
          restartPolicy: Always
          ports:
            - containerPort: 9000
"""
    image = next(line.split()[1] for line in APP.splitlines() if "image:" in line)
    whole = changed(APP, "      containers:\n", f"{sidecar.replace('IMAGE', image)}      containers:\n")
    assert {"KUBERNETES045", "KUBERNETES046", "KUBERNETES034"} <= codes(tmp_path, DELIVERED, whole)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_a_selector_is_required(tmp_path, kind):
    whole = changed(text("plain"), "  selector:\n    matchLabels:\n      app: wishes\n", "").replace("Deployment", kind)
    assert codes(tmp_path, BESIDE, whole) == {"KUBERNETES025"}


def test_expressions_of_a_selector_are_labels_too(tmp_path):
    selector = "    matchExpressions:\n      - {key: app, operator: In, values: [wishes, stock]}\n"
    good = changed(text("plain"), "    matchLabels:\n      app: wishes\n", selector)
    assert codes(tmp_path, BESIDE, good) == set()
    assert codes(tmp_path, BESIDE, good.replace("[wishes, stock]", "[stock]")) == {"KUBERNETES025"}


@pytest.mark.parametrize(
    ("mount", "told"), [("kv/data/shop/fill", False), ("kv/shop/data", True), ("database/creds/fill", False)]
)
def test_a_document_of_another_engine_has_no_data_in_its_path(tmp_path, mount, told):
    whole = changed(text("plain-job"), "kv/data/shop/fill", mount)
    assert codes(tmp_path, BESIDE, whole) == ({"KUBERNETES071"} if told else set())


def test_a_template_of_no_file_is_told(tmp_path):
    template = '        vault.hashicorp.com/agent-inject-template-other: "{{ 1 }}"\n'
    whole = changed(text("plain-job"), "    spec:\n      service", f"{template}    spec:\n      service")
    assert codes(tmp_path, BESIDE, whole) == {"KUBERNETES074"}


AGENT = """      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: "7"
        vault.hashicorp.com/agent-inject-secret-key: kv/data/shop/wishes
"""
SECURITY = "          securityContext:\n            allow"


@pytest.mark.parametrize("desired", ["{", '{"role": 7}', '{"role": "7", "accounts": null, "policies": {}}', "[]", "{}"])
def test_what_no_job_would_write_into_vault_is_not_looked_at(tmp_path, desired):
    variable = f"          env:\n            - name: DESIRED\n              value: '{desired}'\n"
    job = changed(of("role", "account", "job", "policy"), SECURITY, variable + SECURITY)
    whole = changed(APP, "  template:\n    metadata:\n", f"  template:\n    metadata:\n{AGENT}")
    assert codes(tmp_path, DELIVERED, added(whole, job)) == set()


def test_a_job_of_a_folder_that_nobody_syncs_need_be_no_hook(tmp_path):
    plain = "".join(line for line in JOB.splitlines(keepends=True) if "argocd" not in line).replace(
        "  annotations:\n", ""
    )
    assert codes(tmp_path, DELIVERED, plain) == set()
    assert codes(tmp_path, DELIVERED, added(plain, text("project"), text("application"))) == {"KUBERNETES084"}


def test_the_hosts_of_others_are_not_held_to_the_services(tmp_path):
    for address in (
        "http://wishes.example.com",
        "redis://cache:6379",
        "http://wishes.other.svc:1",
        "http://localhost:1",
    ):
        whole = changed(APP, 'value: "100"', f"value: {address}")
        assert codes(tmp_path, DELIVERED, whole) == set(), address


@pytest.mark.parametrize(
    "broken",
    [
        "spec: 7",
        "spec: [a]",
        "spec: {template: x}",
        "spec: {template: {spec: {containers: x}}}",
        "metadata: x",
        "metadata: [x]",
        "spec:",
        "spec: {template: {spec: {containers: [7]}}}",
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "Job", "NetworkPolicy", "Service", "Role", "Application", "HTTPRoute",
                                  "HorizontalPodAutoscaler", "PodDisruptionBudget", "CronJob"])  # fmt: skip
def test_what_has_another_shape_breaks_no_rule(tmp_path, kind, broken):
    metadata = "" if broken.startswith("metadata") else "metadata: {name: a}\n"
    codes(tmp_path, DELIVERED, f"apiVersion: v1\nkind: {kind}\n{metadata}{broken}\nrules: {{a: b}}\n")


def test_the_folder_of_another_repository_is_not_missed(tmp_path):
    gitops = 'Kubernetes("shop", gitops=Gitops("https://git.example.com/shop/backend.git"))'
    environment = f'Environment("prod", kubernetes={gitops})'
    backend = f'from stead import *\nbackend = Backend("shop", services=[], environments=[{environment}])\n'
    synced = added(text("project"), text("application")).replace("path: deploy/kubernetes/prod", "path: deploy/other")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "backend.py").write_text(backend)
    for repository, found in (("shop/backend.git", {"KUBERNETES091"}), ("shop/charts.git", set())):
        (tmp_path / "deploy" / "argo.yaml").write_text(synced.replace("shop/backend.git", repository))
        assert {finding.code for finding in held(tmp_path, RULES)} == found
