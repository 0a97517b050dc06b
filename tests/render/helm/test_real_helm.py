"""The real Helm renders, lints and refuses what the stand-in of these tests says that it does."""

from pathlib import Path

import pytest
import yaml

import stead
from render.helm import charts, evaluator, real
from render.helm.test_chart import BACKWARDS, DIGESTS, ENVIRONMENTS, SHORT, shop

ROOT = Path(__file__).parents[3]
__all__ = ["DIGESTS", "shop"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_helm_template_is_the_manifests_of_each_environment(shop, environment):
    backend, chart = shop
    short = SHORT.get(environment, environment)
    status, said, trees = real.render(chart, chart / f"values.{short}.yaml")
    assert status == 0, said
    assert charts.without_helm(trees) == charts.raw(backend, environment)
    assert charts.keyed(trees) == charts.keyed(evaluator.objects(chart, short))


@pytest.mark.parametrize("backend", sorted(folder.parents[1] for folder in ROOT.glob("backends/*/deploy/helm")))
def test_the_committed_charts_are_the_manifests(backend):
    described = stead.load(backend)
    chart = backend / "deploy" / "helm" / described.name
    for environment in described.environments:
        values = chart / f"values.{SHORT.get(environment.name, environment.name)}.yaml"
        if values.exists():
            status, said, trees = real.render(chart, values)
            assert status == 0, said
            assert charts.without_helm(trees) == charts.raw(described, environment.name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"replcas": 3}, "replcas"),
        ({"images": {"python": "latest"}}, "/images/python"),
        ({"processes": {"edge": {"replicas": "many"}}}, "/processes/edge/replicas"),
        ({"processes": {"edge": {"replicas": 0}}}, "/processes/edge/replicas"),
        ({"version": 'v1"\nkind: Secret'}, "/version"),
        ({"namespace": None}, "namespace"),
        (BACKWARDS, "processes.stockService.autoscale.minimum is above processes.stockService.autoscale.maximum"),
    ],
)
def test_helm_refuses_a_wrong_value_with_its_path(shop, tmp_path, change, said):
    _, chart = shop
    values = evaluator.merged(yaml.safe_load((chart / "values.prod.yaml").read_text()), change)
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    status, text, _ = real.render(chart, tmp_path / "values.yaml")
    assert status != 0
    assert said in text
