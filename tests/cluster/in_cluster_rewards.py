"""Rewards on a real node: shipped, its story played, its policies tried, a broken version taken back."""

import json
import sys
import threading

import pytest

from cluster.argo import Argo, until
from cluster.node import Node, missing
from cluster.programs import program
from cluster.request_stream import RequestStream
from cluster.secret_values import WEBHOOK, SecretValues
from cluster.shipped import BROKEN, FIRST, PASSWORD, POSTGRES_SERVER, SECOND, Shipped

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing() or "-"), pytest.mark.timeout(1800)]

ENVIRONMENT = """
from pathlib import Path

from stead import Gitops as _Gitops
from stead import Secrets as _Secrets

_cluster = _replace(
    cluster,
    secrets=_Secrets(),
    pull_secret="",
    autoscale={ledger: Autoscale(2, 6)},
    values={"CLERK_ISSUER": "https://identity.stead.test", "CLERK_JWKS_URL": "file:///app/identity.jwks.json"},
    host="",
    gateway="",
    gitops=_Gitops(f"file://{Path(__file__).parent.parent / 'origin.git'}"),
)
object.__setattr__(backend, "folder", "")
_shipped_as(Environment("prod", {ledger: {"POINTS_VELOCITY_CAP": 310}, **BONUS}, kubernetes=_cluster))
"""


@pytest.fixture(scope="module")
def rewards(tmp_path_factory):
    """Rewards, with a node that has what it needs: names, PostgreSQL, the namespace's Secrets."""
    made = tmp_path_factory.mktemp("rewards")
    found = Shipped("rewards", ENVIRONMENT, made, WEBHOOK)
    with Node(made / "cluster", found.archive(made)) as node:
        found.on(node)
        secrets = SecretValues(found.context, POSTGRES_SERVER, PASSWORD)
        found.apply(secrets.manifests(), f"--namespace={found.space}")
        yield found


def test_the_first_version_is_shipped_and_says_so(rewards):
    status, said = rewards.ship("--version=1.0.0", f"--image=python={FIRST}")
    assert status == 0, said
    assert "✓ the gateway reports 1.0.0" in said
    assert json.loads((rewards.folder / "deploy/releases/prod.json").read_text())["images"] == {"python": FIRST}
    status, said = rewards.ship("--dry-run")
    assert (status, [line for line in said.splitlines() if line.startswith("+ ")]) == (0, [])


def test_its_story_is_played_through_the_gateway(rewards):
    done = rewards.story()
    assert done.returncode == 0, done.stdout + done.stderr
    steps = done.stdout.splitlines()
    assert len(steps) >= 16
    assert all(step.endswith(": well") for step in steps)


def test_a_pod_reaches_whom_it_may_call_and_nobody_else(rewards):
    assert rewards.reached() == set(rewards.context.permitted)


def test_the_chart_takes_over_what_was_shipped_and_helm_test_asks_every_process(rewards):
    program("helm")
    rewards.ship_first()
    rewards.node.run(sys.executable, "-P", "-m", "stead", "render", rewards.folder)
    chart = rewards.folder / "deploy/helm/rewards"
    values = ("--values", chart / "values.prod.yaml")
    rewards.helm("upgrade", "--install", "rewards", chart, *values, "--take-ownership", "--wait", "--timeout=600s")
    assert "Phase:          Succeeded" in rewards.helm("test", "rewards", "--timeout=300s")
    said = rewards.node.kubectl("logs", "job/rewards-smoke", f"--namespace={rewards.space}").stdout
    running = [each.name for each in (*rewards.backend.services, rewards.backend.gateway)]
    assert [name for name in running if f"✓ {name}" not in said] == []


@pytest.mark.rollout
def test_a_second_version_is_rolled_out_and_a_broken_third_taken_back_and_no_request_fails(rewards, tmp_path):
    """While its story is played again and again, and a steady stream of requests asks through the gateway."""
    rewards.ship_first()
    end, told = tmp_path / "end", []
    player = threading.Thread(target=lambda: told.append(rewards.story(end)))
    player.start()
    try:
        with RequestStream(rewards, "/v1/articles", tmp_path) as stream:
            second = rewards.ship("--version=2.0.0", f"--image=python={SECOND}", well=False)
            third = rewards.ship("--version=3.0.0", f"--image=python={BROKEN}", well=False)
    finally:
        end.touch()
        player.join()
    assert second[0] == 0, second[1]
    assert third[0] == 1, third[1]
    for words in ("2.0.0 runs again, as before", "ImagePull", "✓ rollback to 2.0.0"):
        assert words in third[1]
    assert (stream.failed, told[0].returncode) == ([], 0), (stream.failed[:5], told[0].stdout, told[0].stderr)
    assert stream.asked >= 300


def test_a_missing_secret_is_named_before_anything_is_touched(rewards):
    space = f"--namespace={rewards.space}"
    text = rewards.node.kubectl("get", "secret", "points-service-secrets", "--output=json", space).stdout
    rewards.node.kubectl("delete", "secret", "points-service-secrets", space)
    status, said = rewards.ship("--version=4.0.0", f"--image=python={FIRST}", well=False)
    assert status == 1
    assert "the Secret points-service-secrets is missing; it needs DATABASE_URL, SERVICE_JWT_KEYS" in said
    kept = json.loads(text)
    kept["metadata"] = {"name": kept["metadata"]["name"]}
    rewards.apply([kept], space)


def test_two_ships_at_once_are_one_and_a_refusal(rewards):
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "rewards-prod-ship"},
        "spec": {"holderIdentity": "somebody@elsewhere", "renewTime": "2999-01-01T00:00:00.000000Z"},
    }
    space = f"--namespace={rewards.space}"
    rewards.apply([lease], space)
    status, said = rewards.ship("--version=5.0.0", f"--image=python={FIRST}", well=False)
    assert status == 75
    assert "somebody@elsewhere ships into rewards now" in said
    lease["spec"]["renewTime"] = "2020-01-01T00:00:00.000000Z"
    rewards.node.kubectl("delete", "lease", "rewards-prod-ship", space)
    rewards.apply([lease], space)
    status, said = rewards.ship("--version=2.0.0", f"--image=python={SECOND}")  # that one is gone
    assert status == 0, said
    assert "rewards 2.0.0 runs in rewards" in said


@pytest.fixture(scope="module")
def argo(rewards):
    """Argo CD's controller, which takes over what was shipped so far."""
    found = Argo(rewards)
    found.start()
    return found


@pytest.mark.rollout
def test_a_version_is_shipped_by_a_commit_that_argo_cd_syncs_in_its_waves(argo, rewards):
    status, said = argo.ship("--version=6.0.0", f"--image=python={FIRST}", well=False)
    assert status == 0, said
    assert f"✓ Argo CD is synced and healthy at {argo.head()[:7]}" in said
    assert "✓ the gateway reports 6.0.0" in said
    assert set(argo.applications().values()) == {("Synced", "Healthy")}
    where = ("get", "job", "postgres-databases", f"--namespace={rewards.space}")
    label = r"--output=jsonpath={.metadata.labels.app\.kubernetes\.io/version}"
    assert rewards.node.kubectl(*where, label).stdout == "6.0.0"  # the hook ran, in its wave, for this version


@pytest.mark.rollout
def test_argo_cd_heals_what_is_changed_by_hand_and_prunes_what_is_gone(argo, rewards):
    space = f"--namespace={rewards.space}"
    rewards.node.kubectl("delete", "service", "points-service", space)
    assert until(lambda: "points-service" in rewards.node.kubectl("get", "services", space).stdout)
    more = argo.folder / "deploy/kubernetes/prod/points-service/more.serviceaccount.yaml"
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "more"}}
    more.write_text(json.dumps(account))
    argo.commit("Add an account")
    assert until(lambda: "more" in rewards.node.kubectl("get", "serviceaccounts", space).stdout)
    more.unlink()
    argo.commit("Remove the account")
    assert until(lambda: "more" not in rewards.node.kubectl("get", "serviceaccounts", space).stdout)


@pytest.mark.rollout
def test_a_broken_version_is_taken_back_by_a_commit(argo):
    status, said = argo.ship("--version=7.0.0", f"--image=python={BROKEN}", "--seconds=180", well=False)
    assert status == 1, said
    assert "6.0.0 runs again, as before" in said
    assert argo.subjects()[0] == "Bring rewards in prod back to 6.0.0"
    assert set(argo.applications().values()) == {("Synced", "Healthy")}
