"""GitOps: what syncs a cluster removes no data, comes over TLS, and alone decides what runs."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.argo import DATA
from stead.check.kubernetes.manifest import Manifest, is_true, items, manifests
from stead.check.rule import rule
from stead.model import Problem
from stead.render.kubernetes.argo import GROUP as ARGO
from stead.render.kubernetes.argo import UNPRUNED

FLUX = "toolkit.fluxcd.io"
UPDATERS = ("argocd-image-updater.argoproj.io/", "keel.sh/")
AUTOMATIONS = ("ImageUpdateAutomation", "ImageUpdater")


@rule("GITOPS015")
def flux_spares_data(context: Context) -> Iterator[Problem]:
    """Flux prunes no object with data: no volume claim, volume or namespace.

    A Kustomization with `prune: true` deletes what is no longer in its folder, and all of it when it is deleted itself.
    A claim that was renamed takes its data with it. Add `kustomize.toolkit.fluxcd.io/prune: disabled` to the object.
    """
    for kustomization in manifests(context):
        if (
            kustomization.kind == "Kustomization"
            and FLUX in kustomization.group
            and is_true(kustomization.root, "spec", "prune")
        ):
            for manifest in _applied(context, kustomization):
                if manifest.kind in DATA and not _is_not_pruned(manifest):
                    message = f"{kustomization.name} may delete the {manifest.kind} {manifest.name}, with its data"
                    yield Problem("GITOPS015", message, manifest.place, f"add {UNPRUNED}: disabled")


def _applied(context: Context, kustomization: Manifest) -> Iterator[Manifest]:
    """Yield the manifests of the folder that a Kustomization applies, where it is one of this repository."""
    path = Path(kustomization.text("spec", "path"))
    folder = context.tree.top / path
    for manifest in manifests(context):
        if manifest is not kustomization and folder in manifest.file.parents and path.parts:
            yield manifest


def _is_not_pruned(manifest: Manifest) -> bool:
    labelled = manifest.text("metadata", "labels", UNPRUNED)
    return "disabled" in (manifest.annotation(UNPRUNED), labelled)


@rule("GITOPS016")
def sources_come_over_tls(context: Context) -> Iterator[Problem]:
    """A cluster is synced over `https://` or `ssh://`.

    Over `http://` an attacker on the path determines what runs in the cluster. Write `https://`.
    """
    for manifest in manifests(context):
        for node in _urls(manifest):
            if (node.text or "").startswith("http://"):
                yield Problem("GITOPS016", f"{manifest.name} is synced over http", manifest.at(node), "write https://")


def _urls(manifest: Manifest) -> Iterator[Node]:
    found: list[Node | None] = []
    if FLUX in manifest.group:
        found = [manifest.get("spec", "url")]
    elif manifest.group == ARGO:
        sources = [manifest.get("spec", "source"), *items(manifest.root, "spec", "sources")]
        found = [each.get("repoURL") for each in sources if each is not None and each.pairs is not None]
    yield from (each for each in found if each is not None)


@rule("GITOPS017")
def a_release_is_the_only_word(context: Context) -> Iterator[Problem]:
    """No updater chooses the image of a synced workload: a commit does.

    An updater that follows a registry deploys untested images to production, and the next sync reverts them. Let CI
    ship by `stead ship gitops`, and remove the updater.
    """
    for manifest in manifests(context):
        if manifest.kind in AUTOMATIONS:
            yield Problem("GITOPS017", f"{manifest.name} chooses images by itself", manifest.place, "remove it")
        for name, node in manifest.annotations.items():
            if name.startswith(UPDATERS):
                message = f"an updater chooses the image of {manifest.name}"
                yield Problem("GITOPS017", message, manifest.at(node), f"remove {name}")


RULES = (flux_spares_data, sources_come_over_tls, a_release_is_the_only_word)
