"""What is taken for an object of Kubernetes, and what is left alone."""

import shutil
from pathlib import Path

import pytest

from check.manifest_texts import APP, added, text
from check.rule_run import held, told
from stead.check.context import Context
from stead.check.kubernetes.manifest import manifests
from stead.check.registry import rules
from stead.check.tree import Tree
from stead.model import load
from stead.render.targets import generated

RULES = rules(["KUBERNETES"], costs=("fast",))
BACKEND = 'from stead import Backend\n\nbackend = Backend("shop", services=[])\n'
PRIVILEGED = text("plain").replace("          ports", "          securityContext: {privileged: true}\n          ports")
REFERENCE = "valueFrom: {configMapKeyRef: {name: other, key: X}}"
CLUSTERS = Path(__file__).parent / "rendered" / "clusters"


def written(root, files):
    for name, content in ({"backend.py": BACKEND} | files).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def read(root, files):
    found = manifests(Context(written(root, files) / "backend.py", Tree(root)))
    return [(each.kind, each.name, each.place.line) for each in found]


def found(root, files):
    return told(held(written(root, files), RULES), root)


def test_each_document_of_a_file_is_an_object_at_its_place(tmp_path):
    files = {"k8s/a.yaml": added(text("claim"), text("plain-service"))}
    service = text("claim").count("\n") + 5
    assert read(tmp_path, files) == [("PersistentVolumeClaim", "pictures", 4), ("Service", "wishes", service)]


def test_the_objects_of_a_list_are_read_one_by_one(tmp_path):
    items = "".join(
        f"  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {{name: {name}}}\n" for name in ("one", "two")
    )
    files = {"k8s/a.yaml": f"apiVersion: v1\nkind: List\nitems:\n{items}"}
    assert read(tmp_path, files) == [("ConfigMap", "one", 6), ("ConfigMap", "two", 9)]


def test_what_an_anchor_gives_is_read(tmp_path):
    whole = "apiVersion: v1\nkind: Pod\nmetadata: &m {name: a}\nspec:\n  containers:\n    - &c {name: x, image: a:1}\n"
    assert found(tmp_path, {"k8s/a.yaml": f"{whole}    - <<: *c\n      securityContext: {{privileged: true}}\n"}) == [
        ("k8s/a.yaml", 8, "KUBERNETES029")
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"chart/Chart.yaml": "name: a\n", "chart/templates/a.yaml": PRIVILEGED},
        {"k8s/a.yaml": PRIVILEGED.replace("name: wishes\nspec", "name: {{ .Values.name }}\nspec")},
        {"k8s/a.yaml": f"{{% if on %}}\n{PRIVILEGED}{{% endif %}}\n"},
        {"k8s/kustomization.yaml": "patches:\n  - path: a.yaml\n", "k8s/a.yaml": PRIVILEGED},
        {"k8s/kustomization.yaml": "patchesStrategicMerge: [a.yaml]\n", "k8s/a.yaml": PRIVILEGED},
        {"compose.yaml": "services: {}\n", "k8s/values.yaml": "kind: Pod\nspec: {containers: [{name: x}]}\n"},
        {"k8s/a.yaml": f"{PRIVILEGED}\t- broken\n"},
    ],
    ids=["a chart", "a placeholder", "Jinja", "a patch", "an old patch", "no object", "no YAML"],
)
def test_what_is_no_object_yet_is_left_alone(tmp_path, files):
    assert found(tmp_path, files) == []


def test_the_same_as_an_object_is_found(tmp_path):
    line = PRIVILEGED.splitlines().index("          securityContext: {privileged: true}") + 1
    assert found(tmp_path, {"k8s/a.yaml": PRIVILEGED}) == [("k8s/a.yaml", line, "KUBERNETES029")]


def test_quotes_around_a_placeholder_make_a_text_of_it(tmp_path):
    annotations = '  annotations: {note: "{{ nothing }}"}\n'
    files = {"k8s/a.yaml": PRIVILEGED.replace("metadata:\n  name", f"metadata:\n{annotations}  name", 1)}
    assert [code for _, _, code in found(tmp_path, files)] == ["KUBERNETES029"]


@pytest.mark.parametrize("missing", ["account", "config", "service"])
def test_what_a_kustomization_may_add_is_not_missed(tmp_path, missing):
    before = {"account": "serviceAccountName: wishes", "config": "- name: LIMIT", "service": "    app: wishes\n  ports"}
    after = {
        "account": "serviceAccountName: other",
        "config": f"- name: X\n              {REFERENCE}\n            - name: LIMIT",
        "service": "    app: other\n  ports",
    }
    whole = APP.replace(before[missing], after[missing])
    assert whole != APP
    assert found(tmp_path, {"deploy/k8s/a.yaml": whole}) != []
    assert found(tmp_path, {"deploy/k8s/kustomization.yaml": "resources: [a.yaml]\n"}) == []


def test_environments_may_have_objects_of_the_same_names(tmp_path):
    environments = "Environment('dev'), Environment('prod')"
    backend = f"from stead import *\nbackend = Backend('shop', services=[], environments=[{environments}])\n"
    files = {"backend.py": backend, "deploy/kubernetes/dev/a.yaml": APP, "deploy/kubernetes/prod/a.yaml": APP}
    assert found(tmp_path, files) == []


def test_examples_beside_each_other_may_have_objects_of_the_same_names(tmp_path):
    assert found(tmp_path, {"examples/a.yaml": text("plain"), "examples/b.yaml": text("plain")}) == []


@pytest.mark.parametrize("owned", [False, True], ids=["ours", "the user's"])
def test_what_is_rendered_for_a_cluster_is_clean(tmp_path, owned):
    shutil.copy(CLUSTERS / "backend.py", tmp_path)
    files = generated(load(tmp_path), ["kubernetes"])
    manifests_only = {path: content for path, content in files.items() if path.endswith(".yaml")}
    assert len(manifests_only) > 50
    for path, content in manifests_only.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content.partition("\n")[2] if owned else content)
    assert held(tmp_path, RULES) == ()
