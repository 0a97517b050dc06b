"""Every backend's manifests before a real API server, and version after version of them."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import stead
from cluster.programs import program
from stead.ops.ship.error import NotReadyError
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.manifests import Shipment
from stead.ops.ship.kubernetes.rollout import ClusterRollout
from stead.render.docker.image_kind import PYTHON, built
from stead.render.kubernetes import files, release
from stead.render.kubernetes.context import contexts
from stead.render.kubernetes.workload import Deployment

ROOT = Path(__file__).parents[2]
BACKENDS = sorted(folder.name for folder in (ROOT / "backends").iterdir() if (folder / "deploy/kubernetes").is_dir())
OPERATOR = "kind: ExternalSecret"  # its definition is not at hand


def written(backend, context, folder):
    """Write one environment's manifests into a folder, without those whose kind the API server does not know."""
    prefix = f"kubernetes/{context.environment.name}/"
    for path, text in files(backend).items():
        if path.startswith(prefix) and path.endswith(".yaml") and OPERATOR not in text:
            file = folder / path.removeprefix(prefix)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return folder


@pytest.mark.parametrize("name", BACKENDS)
def test_a_server_side_dry_run_accepts_every_object(name, with_crds, tmp_path):
    backend = stead.load(ROOT / "backends" / name)
    for context in contexts(backend):
        for namespace in (context.cluster.namespace, "argocd"):
            with_crds.kubectl("create", "namespace", namespace, well=False)
        folder = written(backend, context, tmp_path / context.environment.name)
        how = ("--dry-run=server", "--server-side", "--validate=strict", "--recursive")
        said = with_crds.kubectl("apply", *how, "--filename", folder)
        assert said.count("serverside-applied") == len(list(folder.rglob("*.yaml")))


@pytest.mark.parametrize("name", BACKENDS)
def test_versions_one_two_and_one_again_are_applied_in_turn(name, with_crds):
    """A selector that named the version would be refused by the second: it cannot be changed."""
    backend = stead.load(ROOT / "backends" / name)
    for context in contexts(backend):
        for version, digit in (("1.0.0", "1"), ("2.0.0", "2"), ("1.0.0", "1")):
            shipped = release.Release(version, dict.fromkeys((PYTHON, *built(backend)), f"sha256:{digit * 64}"))
            shipment = Shipment(replace(context, shipped=shipped))
            applied(with_crds, list(shipment.namespace))
            for _, wave in shipment.waves():
                # A job is removed first, and made anew.
                objects = [each for each in wave if each["kind"] not in ("Job", "ExternalSecret")]
                applied(with_crds, objects)
            assert versions(with_crds, context) == {version}


def applied(server, objects):
    if objects:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        server.kubectl("apply", "--server-side", "--field-manager=stead", "--filename=-", text=text)


def versions(server, context):
    """Return what the Pods of all Deployments say of their version."""
    where = ("--namespace", context.cluster.namespace, "deployments", "--output=json")
    labels = [
        each["spec"]["template"]["metadata"]["labels"] for each in json.loads(server.kubectl("get", *where))["items"]
    ]
    assert labels
    return {each["app.kubernetes.io/version"] for each in labels}


def test_what_the_api_server_refuses_is_refused(with_crds, tmp_path):
    """The dry run is no formality: a privileged container, and a field that does not exist."""
    backend = stead.load(ROOT / "backends/tigrit")
    context = next(contexts(backend))
    with_crds.kubectl("create", "namespace", context.cluster.namespace, well=False)
    with_crds.kubectl(
        "label", "namespace", context.cluster.namespace, "pod-security.kubernetes.io/enforce=restricted", "--overwrite"
    )
    file = written(backend, context, tmp_path) / "game/game.deployment.yaml"
    text = file.read_text()
    how = ("apply", "--dry-run=server", "--server-side", "--force-conflicts", "--validate=strict", "--filename", "-")
    said = with_crds.kubectl(*how, text=text.replace("progressDeadlineSeconds", "progressDeadlineSecond"), well=False)
    assert "field not declared in schema" in said
    said = with_crds.kubectl(*how, text=text.replace("privileged: false", "privileged: true"), well=False)
    assert "cannot set `allowPrivilegeEscalation` to false and `privileged` to true" in said
    said = with_crds.kubectl(*how, text=text.replace("runAsNonRoot: true", "runAsNonRoot: false"), well=False)
    assert "would violate PodSecurity" in said


def test_a_ship_says_the_api_servers_words_at_the_place_in_the_description(with_crds, monkeypatch):
    """Of all that is refused at once: what an edit has made of two services."""

    def spoil(each: Deployment) -> Deployment:
        return replace(each, spec=replace(each.spec, replicas=-1)) if each.metadata.name in ("game", "auth") else each

    monkeypatch.setenv("KUBECONFIG", str(with_crds.kubeconfig))
    monkeypatch.setenv("PATH", f"{Path(program('kubectl')).parent}:{os.environ['PATH']}")
    backend = stead.load(ROOT / "backends/tigrit")
    object.__setattr__(backend, "edits", (*backend.edits, spoil))
    context = next(contexts(backend))
    namespace = context.cluster.namespace
    with_crds.kubectl("create", "namespace", namespace, well=False)
    rollout = ClusterRollout(Shipment(context), Kubectl(namespace), lambda _: iter(()), lambda *_: None)
    with pytest.raises(NotReadyError) as caught:
        rollout._dry_run()
    for name in ("game", "auth"):
        place = next(process.where for process in context.described.processes if process.name == name)
        assert f"{place}: the API server refuses Deployment {name}" in str(caught.value)
    assert "spec.replicas: Invalid value: -1: must be greater than or equal to 0" in str(caught.value)
    assert "tigrit/backend.py:" in str(caught.value)
