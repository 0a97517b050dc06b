"""What Argo CD's own status means: at which commit, synced, healthy, failed; and what becomes of a commit then."""

import json
import subprocess
from dataclasses import dataclass, field

import pytest

import stead
from ops.gitops.shop import DESCRIPTION, ONE, TWO, git
from stead.ops.gitops import argo_cd
from stead.ops.gitops.argo_cd import ArgoCd
from stead.ops.gitops.delivery import Delivery
from stead.ops.gitops.promotion import Promotion
from stead.ops.gitops.repository import GitopsError, Repository
from stead.ops.ship.error import NotReadyError, ShipError
from stead.ops.ship.kubernetes.kubectl import Kubectl

COMMIT, BEFORE = "c" * 40, "b" * 40


def status(commit=COMMIT, sync="Synced", health="Healthy", phase="Succeeded", message="", **more):
    operation = {"phase": phase, "message": message, "syncResult": {"revision": commit}}
    return {
        "sync": {"status": sync, "revision": commit}, "health": {"status": health}, "operationState": operation, **more,
    }  # fmt: skip


@dataclass(frozen=True)
class Answers(Kubectl):
    """kubectl, with the answers of one API server after another; the last one stays."""

    applications: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def look(self, *words, text=None, seconds=120):
        self.asked.append(words)
        if words[0] != "get":
            return subprocess.CompletedProcess(words, 0, "", "")
        now = self.applications.pop(0) if len(self.applications) > 1 else self.applications[0]
        if isinstance(now, str):
            return subprocess.CompletedProcess(words, 1, "", now)
        items = [{"metadata": {"name": name}, "status": each} for name, each in now.items()]
        return subprocess.CompletedProcess(words, 0, json.dumps({"items": items}), "")


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(argo_cd, "PAUSE", 0.01)
    monkeypatch.setattr(argo_cd, "DEGRADED_SECONDS", 0.05)
    monkeypatch.setattr(argo_cd, "SUPERSEDED_SECONDS", 0.05)


def argo(*answers):
    return ArgoCd(Answers("argocd", applications=list(answers)), "shop", ["shop-orders"])


def both(each):
    return {"shop": status(), "shop-orders": each}


def test_it_waits_until_all_are_synced_and_healthy_at_the_commit():
    waited = argo(
        {"shop": status(BEFORE)}, {"shop": status()}, both(status(BEFORE)), both(status(sync="OutOfSync")),
        both(status(phase="Running")), both(status(health="Progressing")), both(status()),
    )  # fmt: skip
    waited.wait(COMMIT, 20)
    assert len(waited.kubectl.applications) == 1
    refreshed = [words[2:-2] for words in waited.kubectl.asked if words[0] == "annotate"]
    assert refreshed[0] == ("shop",)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"shop": status()}, "shop-orders does not exist yet"),
        (both(status(BEFORE)), "shop-orders is at bbbbbbb"),
        (both({}), "shop-orders is at no comm"),
        (
            both(status(phase="Running", message="waiting for hook batch/Job/before")),
            "waiting for hook batch/Job/before",
        ),
        (both(status(sync="OutOfSync", conditions=[{"message": "no such field"}])), "is OutOfSync: no such field"),
    ],
)
def test_what_is_not_done_in_time_is_named_in_argo_cds_words(answer, said):
    with pytest.raises(ShipError) as error:
        argo(answer).wait(COMMIT, 0.05)
    assert "not synced and healthy within 0 s" in str(error.value)
    assert said in str(error.value)


def test_a_sync_that_failed_at_the_commit_is_not_waited_for():
    with pytest.raises(ShipError, match="the sync failed: one or more objects failed to apply"):
        argo(both(status(sync="OutOfSync", phase="Failed", message="one or more objects failed to apply"))).wait(
            COMMIT, 60
        )


def test_a_failure_of_the_commit_before_is_none():
    old = status(BEFORE, phase="Failed")
    argo(both(old), both(status())).wait(COMMIT, 60)


def test_a_sync_that_is_finished_and_still_called_running_is_not_waited_for():
    left = status(phase="Running", message="successfully synced (all tasks run)")
    left["operationState"]["finishedAt"] = "2026-01-01T00:00:00Z"
    argo(both(left)).wait(COMMIT, 60)


def test_a_sync_of_an_earlier_revision_that_goes_on_is_ended():
    older = status(phase="Running", message="waiting for completion of hook batch/Job/databases")
    older["operationState"]["syncResult"] = {"revision": BEFORE}
    waited = argo(*[both(older)] * 20, both(status()))
    waited.wait(COMMIT, 60)
    ended = {words[2] for words in waited.kubectl.asked if words[0] == "patch"}
    assert ended == {"shop-orders"}


def test_a_sync_of_the_commit_itself_is_not_ended():
    waited = argo(*[both(status(phase="Running"))] * 20, both(status()))
    waited.wait(COMMIT, 60)
    assert not [words for words in waited.kubectl.asked if words[0] == "patch"]


def test_what_stays_degraded_is_not_waited_for():
    pod = {"kind": "Deployment", "name": "orders", "health": {"status": "Degraded", "message": "deadline exceeded"}}
    with pytest.raises(ShipError, match="shop-orders is Degraded: Deployment orders: deadline exceeded"):
        argo(both(status(health="Degraded", resources=[pod]))).wait(COMMIT, 60)


def test_an_api_server_that_is_away_for_a_moment_takes_no_version_back():
    argo("Unable to connect to the server", both(status()), "connection refused", both(status())).wait(COMMIT, 60)
    with pytest.raises(ShipError, match="Unable to connect"):
        argo("Unable to connect to the server").wait(COMMIT, 0.05)


def test_a_cluster_without_argo_cd_or_without_the_application_is_said_before_a_commit():
    with pytest.raises(NotReadyError, match="install Argo CD"):
        argo('error: the server doesn\'t have a resource type "applications"').check()
    with pytest.raises(NotReadyError, match="no Application shop in argocd: kubectl apply"):
        argo({}).check()


@pytest.fixture
def delivered(shop):
    """Return what delivers to an environment whose Argo CD is always at the newest commit, and healthy."""
    (shop / "backend.py").write_text(DESCRIPTION)

    def made(smoke=lambda _version: iter(()), health="Healthy", meanwhile=lambda: None, refuses=""):
        backend = stead.load(shop)

        class Newest(Answers):
            def look(self, *words, text=None, seconds=120):
                meanwhile()
                head = git(shop, "rev-parse", "origin/main").strip()
                self.applications[:] = [{"shop-dev": status(head, health=health, phase="Running" if refuses else "")}]
                if words[0] == refuses:
                    return subprocess.CompletedProcess(words, 1, "", "forbidden")
                return super().look(*words, text=text, seconds=seconds)

        kubectl = Newest("argocd", applications=[{}])
        steps = []
        promotion = Promotion(backend, backend.environments[0], shop)
        told = lambda title, _seconds, wrong: steps.append((title, bool(wrong)))  # noqa: E731
        return Delivery(promotion, ArgoCd(kubectl, "shop-dev", []), smoke, told, 0.2), steps

    return made


def test_a_delivery_is_a_pushed_commit_that_is_healthy_and_says_its_version(delivered, shop, capsys):
    prepared(shop)
    delivery, steps = delivered()
    commit = delivery.ship("1.0", {"python": ONE})
    assert git(shop, "rev-parse", "origin/main").strip() == commit
    assert [title.split(" ", 1)[1] for title, wrong in steps if not wrong][-1] == "gateway reports 1.0"


def test_a_version_that_the_gateway_does_not_say_is_taken_back_by_a_commit(delivered, shop):
    prepared(shop)
    delivered()[0].ship("1.0", {"python": ONE})
    broken, _ = delivered(lambda version: iter(["the gateway says 1.0"] if version == "2.0" else []))
    with pytest.raises(ShipError, match=r"the gateway says 1\.0\n1\.0 runs again, as before"):
        broken.ship("2.0", {"python": TWO})
    assert git(shop, "log", "-1", "--format=%s", "origin/main").strip() == "Bring shop in dev back to 1.0"


def test_a_first_version_that_is_not_healthy_has_nothing_to_go_back_to(delivered, shop):
    prepared(shop)
    delivery, _ = delivered(health="Missing")
    with pytest.raises(ShipError, match="no rollback was committed: dev has no earlier version"):
        delivery.ship("1.0", {"python": ONE})


def test_a_ship_that_was_interrupted_is_gone_on_with(delivered, shop):
    prepared(shop)

    def interrupted(_version):
        raise KeyboardInterrupt

    delivery, steps = delivered(interrupted)
    with pytest.raises(KeyboardInterrupt) as ended:
        delivery.ship("1.0", {"python": ONE})
    head = git(shop, "rev-parse", "HEAD")[:7]
    told = f"{head} is pushed, and Argo CD syncs it: the same command waits for it, --back --wait rolls back"
    assert ended.value.__notes__ == [told]
    again, steps = delivered()
    again.ship("1.0", {"python": ONE})
    assert "is committed already" in steps[0][0]


@pytest.mark.parametrize(("method", "told"), [("commit", "nothing was committed"), ("push", "and not pushed")])
def test_a_ship_that_was_interrupted_before_its_push_says_that_nothing_changes(
    delivered,
    shop,
    monkeypatch,
    method,
    told,
):
    prepared(shop)

    def interrupted(*_):
        raise SystemExit(143)

    monkeypatch.setattr(Repository, method, interrupted)
    with pytest.raises(SystemExit) as ended:
        delivered()[0].ship("1.0", {"python": ONE})
    assert [told in note and "the running version is unchanged" in note for note in ended.value.__notes__] == [True]


def test_another_branch_is_refused_also_where_the_version_is_committed(delivered, shop):
    prepared(shop)
    delivered()[0].ship("1.0", {"python": ONE})
    git(shop, "switch", "--quiet", "--create", "feature")
    with pytest.raises(GitopsError, match="main is synced, and feature is checked out"):
        delivered()[0].ship("1.0", {"python": ONE})


def test_another_digest_of_the_same_version_is_committed(delivered, shop):
    prepared(shop)
    first = delivered()[0].ship("1.0", {"python": ONE})
    assert delivered()[0].ship("1.0", {"python": TWO}) != first


def test_a_later_commit_of_somebody_else_counts_where_it_has_the_same_release(delivered, shop):
    prepared(shop)
    pushed = []

    def meanwhile():
        if git(shop, "log", "-1", "--format=%s").startswith("Ship") and not pushed:
            pushed.append(git(shop, "rev-parse", "HEAD").strip())
            later = git(shop, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "Another one").strip()
            git(shop, "push", "--quiet", "origin", f"{later}:refs/heads/main")

    commit = delivered(meanwhile=meanwhile)[0].ship("1.0", {"python": ONE})
    assert pushed == [commit]


def test_a_sync_that_cannot_be_ended_keeps_no_version_from_being_brought_back(delivered, shop):
    prepared(shop)
    delivered()[0].ship("1.0", {"python": ONE})
    broken, steps = delivered(health="Missing", refuses="patch")
    with pytest.raises(ShipError, match=r"1\.0, the previous version, is committed again at"):
        broken.ship("2.0", {"python": TWO})
    assert ("terminate the running sync", True) in steps
    assert git(shop, "log", "-1", "--format=%s", "origin/main").strip() == "Bring shop in dev back to 1.0"


def test_a_way_back_that_was_interrupted_is_waited_for_and_brings_no_broken_version(delivered, shop):
    prepared(shop)
    delivered()[0].ship("1.0", {"python": ONE})
    with pytest.raises(ShipError, match="is committed again at"):
        delivered(health="Missing")[0].ship("2.0", {"python": TWO})
    back = git(shop, "rev-parse", "HEAD").strip()
    with pytest.raises(ShipError, match="the previous version had been rolled back itself"):
        delivered(lambda _version: iter(["the gateway says nothing"]))[0].ship("1.0", {"python": ONE})
    with pytest.raises(ShipError, match="not synced and healthy within"):
        delivered(health="Progressing")[0].back()
    assert git(shop, "rev-parse", "HEAD").strip() == back


def prepared(folder):
    from stead.cli import _guarded

    assert not _guarded(["gitops", "init", str(folder)])
    git(folder, "push", "--quiet", "origin", "main")
