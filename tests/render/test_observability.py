"""The observability overlay: what promtool says of it, that it asks for metrics that are there, and whom it lets in."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import stead
from stead.gateway.access import LOGGED
from stead.kit.metrics import Metrics
from stead.kit.outbox.metrics import OutboxMetrics
from stead.model import Backend, Environment, Gateway, Postgres, Route, Service
from stead.render import observability, yaml
from stead.render.compose.file import compose_file
from stead.render.observability import overlay
from stead.render.observability.business import business_alerts
from stead.render.observability.context import ObservabilityContext
from stead.render.observability.dashboard import COLUMNS, LONGEST_UID, GridPosition, _placed, uid_of
from stead.render.observability.dashboards import boards
from stead.render.observability.grafana import LOKI
from stead.render.observability.pin import PINS
from stead.render.observability.rule import RulesFile, rules
from stead.render.observability.rule_tests import alert_rule_tests
from stead.render.observability.serialization import plain
from stead.services import points

ROOT = Path(__file__).parents[2]
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed; Debian has it in `prometheus`")


def scenes():
    yield from (
        ObservabilityContext(stead.load(ROOT / "backends" / name)) for name in ("rewards", "tigrit", "aquastream")
    )
    ledger = points.service("points-service")
    yield ObservabilityContext(Backend("many", [ledger], environments=[Environment("dev", replicas={ledger: 3})]))


SCENES = {scene.name: scene for scene in scenes()}
everywhere = pytest.mark.parametrize("name", SCENES)


def promtool(folder, *words, well=True):
    done = subprocess.run([PROMTOOL, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == well, done.stdout + done.stderr


def lay(folder, scene, changed=lambda file: file):
    """Write what promtool reads; its paths are those of the container, so they are made those of the folder."""
    for path, text in observability.files(scene.backend).items():
        if path.count("/") == 1:
            (folder / Path(path).name).write_text(text.replace("/etc/prometheus/", ""))
    (folder / "rules.yaml").write_text(yaml.written(plain(changed(rules(scene)))))


@needs_promtool
@everywhere
def test_promtool_takes_it_and_every_trial_holds(name, tmp_path):
    lay(tmp_path, SCENES[name])
    promtool(tmp_path, "check", "config", "prometheus.yaml")
    promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    promtool(tmp_path, "test", "rules", "rules.test.yaml")


@needs_promtool
def test_no_alert_is_without_a_trial(tmp_path):
    """Without the alert, and with one that always fires, a trial of it fails; all of them in one run of promtool."""
    scene = SCENES["many"]
    alerts = {rule.alert for group in rules(scene).groups[1:] for rule in group.rules}
    tried = [spoiled(tmp_path, scene, alert, how) for alert in sorted(alerts) for how in (without, always)]
    done = subprocess.run([PROMTOOL, "test", "rules", *tried], capture_output=True, text=True, check=False)
    assert (done.stdout.count("SUCCESS"), (done.stdout + done.stderr).count("FAILED:")) == (0, len(tried)), done.stdout


def spoiled(folder, scene, alert, how):
    """Return a file with the trials of one alert, beside rules in which it is spoiled."""
    there = folder / f"{alert}-{how.__name__}"
    there.mkdir()
    (there / "rules.yaml").write_text(yaml.written(plain(how(rules(scene), alert))))
    every = alert_rule_tests(scene)
    mine = tuple(trial for trial in every.tests if any(each.alertname == alert for each in trial.alert_rule_test))
    (there / "rules.test.yaml").write_text(yaml.written(plain(replace(every, tests=mine))))
    return there / "rules.test.yaml"


def without(file, alert):
    return RulesFile(tuple(replace(group, rules=tuple(kept(group, alert))) for group in file.groups))


def kept(group, alert):
    return (rule for rule in group.rules if getattr(rule, "alert", "") != alert)


def always(file, alert):
    def loud(rule):
        return replace(rule, expr="vector(1)", for_=None) if getattr(rule, "alert", "") == alert else rule

    return RulesFile(tuple(replace(group, rules=tuple(map(loud, group.rules))) for group in file.groups))


@needs_promtool
@everywhere
def test_every_question_of_a_dashboard_can_be_asked(name, tmp_path):
    exprs = [query.expr.replace("$service", ".*") for query in metric_queries(SCENES[name])]
    records = [{"record": f"asked:{number}", "expr": expr} for number, expr in enumerate(exprs)]
    (tmp_path / "asked.yaml").write_text(yaml.written({"groups": [{"name": "asked", "rules": records}]}))
    promtool(tmp_path, "check", "rules", "asked.yaml")


@everywhere
def test_what_is_asked_for_is_told(name):
    """Each metric that a rule or a dashboard names is one that a service answers, or that a rule makes."""
    scene = SCENES[name]
    text = (
        Metrics([OutboxMetrics(iter(["award"]))]).render().decode() + 'http_request_duration_seconds_bucket{le="1"} 1\n'
    )
    told = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    told |= {"http_request_duration_seconds_count", "up", *(each.metric for _, each in business_alerts(scene.kinds))}
    made = {rule.record for rule in rules(scene).groups[0].rules}
    exprs = [rule.expr for group in rules(scene).groups for rule in group.rules]
    exprs += [query.expr for query in metric_queries(scene)]
    named = {
        each for expr in exprs for each in re.findall(r"\b([a-z][a-z0-9_:]*[_:][a-z0-9_:]+|up)\b(?=[\s{\[)])", expr)
    }
    functions = {"histogram_quantile"}
    assert named - told - made - functions == set()
    assert len(named) > 6


def metric_queries(scene):
    return [
        query
        for board in boards(scene)
        for panel in board.panels
        for query in panel.queries
        if query.datasource != LOKI
    ]


@everywhere
def test_there_is_a_page_of_all_and_one_of_each_kind(name):
    scene = SCENES[name]
    made = list(boards(scene))
    kinds = {service.contract or service.name for service in scene.backend.services if service.name in names(scene)}
    assert len(made) == len(kinds) + 1 + (scene.backend.gateway is not None)
    assert len({board.uid for board in made}) == len(made)
    assert all(len(board.uid) <= LONGEST_UID for board in made)


def names(scene):
    return {each.name for each in scene.observed}


def test_uids_are_of_names_alone():
    assert uid_of("rewards", "points") == "stead-rewards-points"
    long = uid_of("a" * 63, "points")
    assert len(long) == LONGEST_UID
    assert long != uid_of("a" * 63, "tokens")


@everywhere
def test_panels_stand_beside_one_another(name):
    for board in boards(SCENES[name]):
        taken = set()
        for _, place in _placed(board.panels):
            cells = {(x, y) for x in range(place.x, place.x + place.w) for y in range(place.y, place.y + place.h)}
            assert isinstance(place, GridPosition)
            assert place.x + place.w <= COLUMNS
            assert not cells & taken
            taken |= cells


@everywhere
def test_pages_are_json_that_says_who_made_them(name):
    from stead.render.header import mark_of
    from stead.render.targets import generated

    files = generated(SCENES[name].backend, ["observability"])
    pages = {path: text for path, text in files.items() if path.endswith(".json")}
    assert pages
    for path, text in pages.items():
        read = json.loads(text)
        assert f"{read['uid']}.json" == path.rpartition("/")[2]
        assert read["description"].startswith("Made by `stead render`")
        assert mark_of(text).intact
        assert not mark_of(text.replace("reqps", "ops")).intact


@everywhere
def test_it_is_reached_from_this_machine_alone(name):
    for service in overlay.overlay(SCENES[name]).services.values():
        assert {port.host_ip for port in service.ports} <= {"127.0.0.1"}
    grafana = overlay.overlay(SCENES[name]).services["grafana"]
    assert grafana.environment["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert grafana.environment["GF_SECURITY_ADMIN_PASSWORD__FILE"] == "/run/secrets/GRAFANA_PASSWORD"
    assert all(re.fullmatch(r"docker\.io/[\w/-]+:v?[\d.]+@sha256:[0-9a-f]{64}", pin.image) for pin in PINS)


@everywhere
def test_prometheus_reaches_every_service_and_brings_none_together(name):
    """It joins networks that are there; a network that it made for all would let them reach one another."""
    scene = SCENES[name]
    there = compose_file(scene.backend, scene.context.environment)
    made = overlay.overlay(scene)
    joined = set(made.services["prometheus"].networks) - {overlay.NAME}
    assert joined <= there.networks.keys()
    assert set(made.networks) == {overlay.NAME}
    for each in scene.observed:
        assert joined & set(there.services[each.name].networks)
    assert all(
        set(service) == {"logging"} for key, service in overlay.tree(scene)["services"].items() if key in there.services
    )


def test_alloy_names_what_is_there():
    text = observability.files(SCENES["rewards"].backend)["observability/config.alloy"]
    blocks = {f"{kind}.{label}" for kind, label in re.findall(r'^([\w.]+) "(\w+)" \{$', text, re.MULTILINE)}
    named = {each.rpartition(".")[0] for each in re.findall(r"(?:= |\[)((?:local|loki)\.[\w.]+)", text)}
    assert named <= blocks
    assert text.count("{") == text.count("}")
    assert 'project!=\\"rewards-dev\\"' in text


def test_what_tells_no_metrics_is_not_asked():
    stranger = Service("orders", command="node main.js")
    assert observability.files(Backend("shop", [stranger])) == {}
    front = Service("orders", command="node main.js", routes=[Route.public("GET", "/v1/orders")])
    behind = Backend("shop", [front], Gateway("edge", fronts=[front]))
    assert names(ObservabilityContext(behind)) == set()
    both = ObservabilityContext(Backend("shop", [stranger, points.service("ledger")]))
    assert names(both) == {"ledger"}


def test_a_backend_without_a_service_of_the_kit_is_observed_at_its_gateway(tmp_path):
    front = Service("orders", command="node main.js", routes=[Route.public("GET", "/v1/orders")])
    scene = ObservabilityContext(Backend("shop", [front], Gateway("edge", fronts=[front])))
    files = observability.files(scene.backend)
    page = json.loads(files["observability/grafana/dashboards/stead-shop-edge.json"])
    asked = {target["expr"] for panel in page["panels"] for target in panel["targets"]}
    assert all('service="edge"' in each and "| json" in each for each in asked)
    fields = {word for each in asked for word in re.findall(r"by \(([\w, ]+)\)|unwrap (\w+)", each) for word in word}
    assert {name for each in fields for name in each.split(", ") if name} <= LOGGED.keys()
    if PROMTOOL:
        lay(tmp_path, scene)
        promtool(tmp_path, "check", "config", "prometheus.yaml")
        promtool(tmp_path, "check", "rules", "rules.yaml")


def test_a_name_that_the_overlay_has_is_told():
    found = observability.problems(Backend("shop", [Service("grafana", command="x", needs=[Postgres()])]))
    assert [problem.code for problem in found] == ["OBSERVE001"]


@pytest.mark.skipif(not shutil.which("docker"), reason="docker is not installed")
def test_compose_takes_it(tmp_path):
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    deploy = ROOT / "backends/rewards/deploy"
    shutil.copytree(deploy, tmp_path / "deploy")
    words = ["docker", "compose", "-f", "compose.yaml", "-f", "compose.dev.yaml", "-f", "../observability/compose.yaml"]
    done = subprocess.run(
        [*words, "config", "-q"], cwd=tmp_path / "deploy/compose", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
