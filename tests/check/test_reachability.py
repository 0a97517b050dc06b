"""What network policies allow, as the API says it; and for whole backends, that it is what is declared."""

import shutil
from itertools import product
from pathlib import Path

import pytest

from check.manifest_texts import APART, of
from stead.check.context import Context
from stead.check.kubernetes.reachability import reachabilities
from stead.check.tree import Tree
from stead.model import load
from stead.render.kubernetes.context import contexts
from stead.render.targets import generated

HERE = Path(__file__).parent
DESCRIPTIONS = (HERE.parents[1] / "backends" / "archpad", HERE / "rendered" / "clusters")
POLICY = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: {namespace}}}
spec: {spec}
"""
CLOSED = POLICY.format(name="deny", namespace="shop", spec="{podSelector: {}, policyTypes: [Ingress, Egress]}")
OUT = "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: red}}\n"


def reach(root, *texts):
    """Return what policies allow between `a` and `b`, which listens on 8000, and `c` of another namespace."""
    pods = [
        of("a", "deployment"),
        of("b", "deployment"),
        of("c", "deployment").replace("namespace: shop", "namespace: c"),
    ]
    (root / "deploy").mkdir()
    (root / "deploy" / "all.yaml").write_text(APART.join((*pods, NAMESPACE, *texts)))
    (found,) = reachabilities(Context(root / "backend.py", Tree(root)))
    return found


def pairs(found):
    named = [*product(found.each.workloads, repeat=2)]
    return {f"{one.name}{other.name}" for one, other in named if one is not other and found.allows(one, other)}


def into_b(rule):
    spec = f"{{podSelector: {{matchLabels: {{app: b}}}}, policyTypes: [Ingress], ingress: [{rule}]}}"
    return POLICY.format(name="b", namespace="shop", spec=spec)


def test_without_policies_everybody_reaches_everybody(tmp_path):
    assert pairs(reach(tmp_path)) == {"ab", "ba", "ac", "ca", "bc", "cb"}


def test_a_policy_that_names_nobody_closes_its_namespace_both_ways(tmp_path):
    assert pairs(reach(tmp_path, CLOSED)) == set()


def test_a_call_needs_both_sides(tmp_path):
    out = POLICY.format(name="a", namespace="shop", spec=OUT)
    assert pairs(reach(tmp_path, CLOSED, out)) == set()


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("{from: [{podSelector: {matchLabels: {app: a}}}]}", {"ab"}),
        ("{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [a]}]}}]}", {"ab"}),
        ("{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a, b]}]}}]}", set()),
        ("{from: [{podSelector: {}}]}", {"ab"}),
        ("{from: [{podSelector: {matchLabels: {app: c}}}]}", set()),
        ("{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: c}}}]}", {"cb"}),
        ("{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: c}}}]}", {"cb"}),
        ("{from: [{namespaceSelector: {matchLabels: {team: red}}}]}", {"ab"}),
        ("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", set()),
        ("{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}", {"ab", "cb"}),
        ("{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}", set()),
        ("{}", {"ab", "cb"}),
        ("{from: [{podSelector: {}}], ports: [{port: 8000}]}", {"ab"}),
        ("{from: [{podSelector: {}}], ports: [{port: http}]}", {"ab"}),
        ("{from: [{podSelector: {}}], ports: [{port: 7990, endPort: 8010}]}", {"ab"}),
        ("{from: [{podSelector: {}}], ports: [{port: 80}]}", set()),
        ("{from: [{podSelector: {}}], ports: [{port: 8000, protocol: UDP}]}", set()),
        ("{from: [{podSelector: {}}], ports: [{protocol: TCP}]}", {"ab"}),
    ],
)
def test_a_rule_lets_in_whom_it_means(tmp_path, rule, allowed):
    into = {pair for pair in pairs(reach(tmp_path, into_b(rule))) if pair.endswith("b")}
    assert into == allowed


def test_rules_of_several_policies_add_up(tmp_path):
    first, second = ("{from: [{podSelector: {matchLabels: {app: a}}}]}", "{from: [{namespaceSelector: {}}]}")
    found = pairs(reach(tmp_path, into_b(first), into_b(second).replace("name: b,", "name: more,")))
    assert {pair for pair in found if pair.endswith("b")} == {"ab", "cb"}


def test_a_policy_without_types_is_for_ingress_and_for_egress_where_it_says_some(tmp_path):
    spec = "{podSelector: {matchLabels: {app: a}}, egress: [{to: [{podSelector: {matchLabels: {app: b}}}]}]}"
    found = pairs(reach(tmp_path, POLICY.format(name="a", namespace="shop", spec=spec)))
    assert {pair for pair in found if "a" in pair} == {"ab"}


@pytest.mark.parametrize("source", DESCRIPTIONS, ids=lambda source: source.name)
def test_the_policies_of_a_backend_allow_what_is_declared_and_nothing_else(source, tmp_path):
    root = shutil.copytree(source, tmp_path / "backend", ignore=shutil.ignore_patterns("deploy", ".stead"))
    backend = load(root)
    for path, content in generated(backend, ["kubernetes"]).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    declared = {context.environment.name: context.permitted for context in contexts(backend)}
    found = reachabilities(Context(root / "backend.py", Tree(root), backend))
    assert {each.each.environment.name for each in found} == declared.keys()
    for each in found:
        tried = [*product(each.each.workloads, repeat=2)]
        allowed = {(one.name, other.name) for one, other in tried if one is not other and each.allows(one, other)}
        assert allowed == {pair for pair in declared[each.each.environment.name] if pair[0] != pair[1]}
        assert len(tried) > 20
