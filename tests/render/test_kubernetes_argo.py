"""The Application that holds the others: what its sync may write to them."""

from render.kubernetes_shop import SOURCES, shop
from render.test_kubernetes_manifests import objects


def test_only_the_application_that_holds_the_others_writes_no_status_that_it_saw():
    """An ignored difference is respected by applying it, and the status of an Application is no subresource."""
    found = objects(shop(SOURCES["vault"], programs=False))
    options = {
        path: "RespectIgnoreDifferences=true" in each["spec"]["syncPolicy"]["syncOptions"]
        for path, each in found.items()
        if each["kind"] == "Application"
    }
    assert [path for path, respects in options.items() if not respects] == ["argocd/shop.app.yaml"]
    assert len(options) > 3
