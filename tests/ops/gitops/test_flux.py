"""Flux is given each object once, in the wave of its process, and Flux's own program takes the files."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from jsonschema import ValidationError, validate

import stead
from stead.ops.gitops import flux
from stead.render.kubernetes.argo import WAVE
from stead.render.targets import generated

DESCRIPTION = """
from stead import Backend, Environment, Gitops, Job, Kubernetes, Postgres, Route, Server, Service

orders = Service("orders", app="shop:orders", needs=[Postgres()], routes=[Route.service("GET", "/v1/orders", "read")])
place = Kubernetes("shop", gitops=Gitops("https://git.example.com/shop.git"),
    servers={"postgres": Server(5432, namespace="data")})
backend = Backend("shop", services=[orders], registry="r.example/shop",
    jobs=[Job("seed", entry="shop:seed", needs=[Postgres()]), Job("sweep", entry="shop:sweep", every="5m"),
        Job("report", entry="shop:report", runs="after", calls=[orders.may("read")])],
    environments=[Environment("prod", kubernetes=place)])
"""
STEPS = ("first", "databases", "before", "services", "after")
SCHEMAS = Path(__file__).parent / "schemas"
FLUX = shutil.which("flux")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The manifests, and Flux's file beside them."""
    root = tmp_path_factory.mktemp("shop")
    (root / "backend.py").write_text(DESCRIPTION)
    backend = stead.load(root)
    for path, text in generated(backend, ["kubernetes"]).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    [environment] = backend.environments
    (root / "flux.yaml").write_text(flux.text(backend, environment, environment.kubernetes.gitops))
    return root


def kustomizations(root):
    *found, _ = yaml.safe_load_all((root / "flux.yaml").read_text())
    return {each["metadata"]["name"].removeprefix("shop-prod-"): each["spec"] for each in found}


def test_each_wave_waits_for_the_one_before(shop):
    found = kustomizations(shop)
    assert tuple(found) == STEPS
    earlier = [each.get("dependsOn", []) for each in found.values()]
    assert earlier == [[], *([{"name": f"shop-prod-{step}"}] for step in STEPS[:-1])]
    assert all(each["wait"] and each["prune"] and "force" not in each for each in found.values())


def test_the_schemas_of_flux_accept_its_objects(shop):
    for each in yaml.safe_load_all((shop / "flux.yaml").read_text()):
        schema = json.loads((SCHEMAS / f"{each['kind']}.json").read_text())
        validate(each, schema)
        with pytest.raises(ValidationError, match="waits"):
            validate({**each, "spec": each["spec"] | {"waits": True}}, schema)


@pytest.mark.skipif(FLUX is None, reason="flux is not on PATH: https://fluxcd.io/flux/installation")
def test_flux_gives_each_wave_its_own_objects_and_each_object_to_one(shop):
    built = {step: build(shop, step) for step in STEPS}
    names = [key(tree) for trees in built.values() for tree in trees]
    assert sorted(names) == sorted(map(key, manifests(shop / "deploy/kubernetes/prod")))
    waves = {step: {tree["metadata"]["annotations"].get(WAVE) for tree in trees} for step, trees in built.items()}
    assert waves == {"first": {"-1"}, "databases": {"0"}, "before": {"1"}, "services": {"2"}, "after": {"3"}}
    jobs = [tree for trees in built.values() for tree in trees if tree["kind"] == "Job"]
    assert len(jobs) == 3
    for job in jobs:
        assert job["metadata"]["annotations"][flux.FORCE] == "enabled"
        assert "ttlSecondsAfterFinished" not in job["spec"]


def build(root, step):
    """Return what Flux applies of the folder, without what the source leaves out."""
    *_, source = yaml.safe_load_all((root / "flux.yaml").read_text())
    words = ["build", "kustomization", f"shop-prod-{step}", "--namespace", "flux-system", "--dry-run"]
    words += ["--path", root / "deploy/kubernetes/prod", "--kustomization-file", root / "flux.yaml"]
    words += ["--ignore-paths", ",".join(source["spec"]["ignore"].split())]
    done = subprocess.run([FLUX, *words], cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [tree for tree in yaml.safe_load_all(done.stdout) if tree]


def manifests(folder: Path):
    return [
        yaml.safe_load(file.read_text())
        for file in folder.rglob("*.yaml")
        if not file.name.endswith(".app.yaml") and file.parent.name != "argocd"
    ]


def key(tree):
    return tree["apiVersion"], tree["kind"], tree["metadata"]["name"]
