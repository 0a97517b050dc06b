"""A chart with an environment's values is that environment's manifests, object by object."""

import json
from pathlib import Path

import jsonschema
import pytest

import stead
from render.helm import charts, evaluator
from stead.render.helm.merge import merged_order
from stead.render.problem import RenderError
from stead.render.targets import generated

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = ("dev", "staging", "prod")
SHORT = {"staging": "stage"}
BACKWARDS = {"processes": {"stockService": {"autoscale": {"minimum": 9}}}}
DIGESTS = {"dev": "a" * 64, "staging": "b" * 64, "prod": "c" * 64}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "deploy/releases").mkdir(parents=True)
    for name, digest in DIGESTS.items():
        release = {"version": f"v1+{name}", "images": {"python": f"sha256:{digest}", "extra": f"sha256:{digest}"}}
        (folder / f"deploy/releases/{name}.json").write_text(json.dumps(release))
    backend = charts.shop(folder)
    return backend, charts.write(backend, folder)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_chart_with_the_values_of_an_environment_is_its_manifests(shop, environment):
    backend, chart = shop
    found = charts.without_helm(evaluator.objects(chart, SHORT.get(environment, environment)))
    wanted = charts.raw(backend, environment)
    assert found.keys() == wanted.keys()
    for key, tree in wanted.items():
        assert found[key] == tree, key


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_values_of_each_environment_are_of_the_schema(shop, environment):
    _, chart = shop
    values = evaluator.values_of(chart, SHORT.get(environment, environment))
    jsonschema.validate(values, schema(chart))


def schema(chart):
    return json.loads((chart / "values.schema.json").read_text())


def wrong(chart, change):
    values = evaluator.values_of(chart, "prod")
    change(values)
    found = jsonschema.Draft7Validator(schema(chart)).iter_errors(values)
    return ["/".join(map(str, error.absolute_path)) or error.message for error in found]


def test_a_value_that_is_unknown_is_refused_with_its_path(shop):
    _, chart = shop
    assert "replcas" in str(wrong(chart, lambda values: values.update(replcas=3)))
    assert wrong(chart, lambda values: values["processes"]["edge"].update(x=1)) == ["processes/edge"]


def test_a_value_of_the_wrong_type_is_refused_with_its_path(shop):
    _, chart = shop
    env = ("processes", "orderService", "env")
    path = "/".join(env)
    assert wrong(chart, lambda values: values[env[0]][env[1]][env[2]].update(ORDER_CAP="many")) == [f"{path}/ORDER_CAP"]
    assert wrong(chart, lambda values: values[env[0]][env[1]][env[2]].update(ORDER_CAP=0)) == [f"{path}/ORDER_CAP"]
    assert wrong(chart, lambda values: values["images"].update(python="latest")) == ["images/python"]


def test_a_value_that_every_environment_gives_itself_has_no_default(shop):
    _, chart = shop
    for name in ("environment", "namespace", "version", "images"):
        assert wrong(chart, lambda values, name=name: values.pop(name)), name
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(evaluator.merged({}, {"processes": {}}), schema(chart))


def test_only_what_differs_or_is_meant_to_be_changed_is_a_value(shop):
    _, chart = shop
    values = evaluator.values_of(chart, "prod")["processes"]
    assert values["orderService"]["env"] == {
        "MAIL_URL": 'smtp://"odd"{{ mail }}', "ORDER_CAP": 100, "ORDER_NOTE": "Thanks, {{ person }}!\n$HOME",
        "SHOP_OPEN": False,
    }  # fmt: skip
    assert values["extra"]["enabled"] is False
    assert values["stockService"]["autoscale"] == {"cpu": 70, "enabled": True, "maximum": 5, "minimum": 2}
    assert "replicas" not in evaluator.values_of(chart, "prod")["processes"]["seed"]


def test_an_autoscaler_with_more_replicas_at_least_than_at_most_is_refused(shop):
    _, chart = shop
    values = evaluator.merged(evaluator.values_of(chart, "prod"), BACKWARDS)
    with pytest.raises(
        ValueError, match=r"stockService\.autoscale\.minimum is above .*stockService\.autoscale\.maximum"
    ):
        evaluator.objects(chart, "prod", values)


def test_what_has_no_default_is_named_with_the_files_that_give_it(shop):
    _, chart = shop
    head = [line for line in (chart / "values.yaml").read_text().splitlines() if line.startswith("# namespace:")]
    assert [line.partition(" In ")[2] for line in head] == ["values.dev.yaml, values.stage.yaml and values.prod.yaml."]
    assert all((chart / f"values.{name}.yaml").exists() for name in ("dev", "stage", "prod"))


def test_each_setting_of_the_schema_has_its_help(shop):
    _, chart = shop
    text = json.dumps(schema(chart))
    assert "Orders of one person in an hour." in text
    assert "# Orders of one person in an hour." in (chart / "values.prod.yaml").read_text()


def test_what_runs_before_the_services_is_a_hook_with_all_that_it_needs(shop):
    _, chart = shop
    for tree in evaluator.objects(chart, "prod"):
        annotations = tree["metadata"].get("annotations", {})
        if tree["metadata"]["name"] == "seed":
            assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
            assert int(annotations["helm.sh/hook-weight"]) == (1 if tree["kind"] == "Job" else -10)
        if tree["kind"] == "Namespace":
            assert annotations["helm.sh/resource-policy"] == "keep"


def test_helm_test_is_smoke_of_every_process_that_runs_there(shop):
    _, chart = shop
    [job] = [tree for tree in evaluator.objects(chart, "prod") if tree["metadata"]["name"] == "shop-smoke"
             and tree["kind"] == "Job"]  # fmt: skip
    assert job["metadata"]["annotations"]["helm.sh/hook-delete-policy"] == "before-hook-creation"  # its log is read
    assert job["spec"]["backoffLimit"] == 0
    args = job["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args[:7] == ["stead", "smoke", "/app/backend.py", "--env", "prod", "--version", "v1+prod"]
    assert "--url=order-service=http://order-service:8000" in args
    assert not any("=extra=" in word for word in args)


def test_another_digest_and_version_are_two_values(shop):
    _, chart = shop
    values = evaluator.values_of(chart, "prod")
    values["version"], values["images"]["python"] = "v2", "sha256:" + "d" * 64
    for tree in evaluator.objects(chart, "prod", values):
        text = json.dumps(tree)
        assert "c" * 64 not in text
        assert "shop-prod" in text or tree["kind"] == "Namespace"
        assert "v1+prod" not in text


def test_an_edit_that_looks_at_a_value_is_in_the_chart(tmp_path):
    from stead.render.kubernetes import Deployment

    def labelled(manifest: Deployment) -> Deployment:
        if manifest.metadata.namespace != "shop":
            return manifest
        metadata = charts.replace(manifest.metadata, labels={**manifest.metadata.labels, "tier": "gold"})
        return charts.replace(manifest, metadata=metadata)

    backend = charts.shop(tmp_path, edits=[labelled])
    chart = charts.write(backend, tmp_path)
    gold = {
        name: [tree for tree in evaluator.objects(chart, SHORT.get(name, name)) if "tier" in tree["metadata"]["labels"]]
        for name in ENVIRONMENTS
    }
    assert [len(trees) for trees in gold.values()] == [0, 0, 3]


def test_a_backend_without_the_word_has_no_chart():
    backend = stead.load(ROOT / "backends/polyglot")
    assert not any("/helm/" in path for path in generated(backend))


def test_a_version_that_a_label_cannot_say_and_two_names_that_are_one_are_problems(tmp_path):
    (tmp_path / "deploy/releases").mkdir(parents=True)
    (tmp_path / "deploy/releases/prod.json").write_text('{"version": "one two", "images": {}}')
    backend = charts.shop(tmp_path)
    same = stead.Service("stock.service".replace(".", "-") + "-", app="shop.x:create")
    backend = charts.replace(backend, services=(*backend.services, charts.replace(same, name="stockService")))
    with pytest.raises(RenderError) as caught:
        generated(backend, ["helm"])
    assert {"HELM010", "HELM012"} <= {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("orders", "merged"),
    [
        ([["a", "c"], ["b", "c"]], ["b", "a", "c"]),
        ([["a", "b"], ["b", "a"]], None),
        ([["a"], ["a", "b"], ["a", "c", "b"]], ["a", "c", "b"]),
    ],
)
def test_orders_are_merged_into_one_that_keeps_each(orders, merged):
    found = merged_order(orders)
    assert found == merged or (found and all([x for x in found if x in order] == order for order in orders))
