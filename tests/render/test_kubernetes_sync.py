"""What Argo CD applies, and in which order; what runs by a schedule."""

import pytest

from render.kubernetes_objects import objects
from render.kubernetes_shop import SOURCES, shop


@pytest.fixture(params=SOURCES)
def found(request):
    return objects(shop(SOURCES[request.param], programs=request.param != "vault"))


def test_a_job_with_a_schedule_never_runs_twice_at_once(found):
    spec = found["sweep/sweep.cronjob.yaml"]["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("*/5 * * * *", "UTC", "Forbid")
    assert "argocd.argoproj.io/hook" not in found["sweep/sweep.cronjob.yaml"]["metadata"]["annotations"]


def test_jobs_are_sync_hooks_in_waves_around_the_services(found):
    waves = {}
    for each in found.values():
        notes = each["metadata"].get("annotations", {})
        if each["kind"] == "Job":
            assert notes["argocd.argoproj.io/hook"] == "Sync"
            assert notes["argocd.argoproj.io/hook-delete-policy"] == "BeforeHookCreation"
        if each["kind"] in ("Job", "Deployment"):
            waves[each["metadata"]["name"]] = int(notes["argocd.argoproj.io/sync-wave"])
    assert waves["postgres-databases"] < waves["seed"] < waves["orders"] < waves["report"]
    early = [each for each in found.values() if each["kind"] in ("ServiceAccount", "NetworkPolicy", "Namespace")]
    assert {each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for each in early} == {"-1"}


def test_an_application_syncs_its_own_folder_and_not_itself(found):
    application = found["orders/orders.app.yaml"]
    source = application["spec"]["source"]
    assert source["path"] == "deploy/kubernetes/prod/orders"
    assert source["directory"] == {"recurse": False, "exclude": "*.app.yaml"}
    assert application["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert application["spec"]["project"] == "shop-prod"
    assert application["spec"]["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True, "allowEmpty": False}


def test_a_project_allows_what_is_rendered_and_no_more(found):
    spec = found["argocd/shop.appproject.yaml"]["spec"]
    allowed = {(each["group"], each["kind"]) for each in spec["namespaceResourceWhitelist"]}
    rendered = {(each["apiVersion"].rpartition("/")[0], each["kind"]) for each in found.values()}
    assert rendered - {("", "Namespace"), ("argoproj.io", "AppProject")} <= allowed
    assert ("", "Secret") not in allowed
