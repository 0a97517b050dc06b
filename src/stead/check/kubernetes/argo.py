"""Argo CD's Applications: each is bounded by a project, syncs a folder that is there, and removes no data."""

from collections.abc import Iterator
from fnmatch import fnmatch

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, is_true, items, text_of, texts
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, manifest_sets
from stead.check.rule import rule
from stead.model import Problem
from stead.render.kubernetes.argo import FINALIZER, GROUP, OPTIONS

DATA = ("PersistentVolumeClaim", "PersistentVolume", "Namespace")
CLUSTER_WIDE = frozenset(
    {"Namespace", "ClusterRole", "ClusterRoleBinding", "PersistentVolume", "StorageClass", "CustomResourceDefinition",
     "PriorityClass", "IngressClass", "GatewayClass", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}
)  # fmt: skip


def _applications(each: ManifestSet) -> Iterator[Manifest]:
    return (manifest for manifest in each.of("Application") if manifest.group == GROUP)


def _delivered(context: Context) -> Iterator[tuple[ManifestSet, Manifest]]:
    for each in delivered_sets(context):
        yield from ((each, application) for application in _applications(each))


@rule("KUBERNETES087")
def applications_have_a_project(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an Application has its own project, not `default`.

    The project `default` allows every repository, every namespace and every kind: everyone who may change this folder
    can change the whole cluster. Create an AppProject with this repository, this namespace and these kinds.
    """
    for _, application in _delivered(context):
        node = application.get("spec", "project")
        if node is None or node.text in ("", "default"):
            place = application.at(node) if node is not None else application.place
            message = f"{application.name} is in the project default, which allows everything"
            yield Problem("KUBERNETES087", message, place, "name an AppProject of its own")


@rule("KUBERNETES088", severity="warning")
def applications_remove_what_they_made(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an Application has the finalizer that deletes its objects with it.

    Without it, the objects of a removed Application keep running, without a sync and invisible in Argo CD. Add
    `resources-finalizer.argocd.argoproj.io` to `metadata.finalizers`.
    """
    for _, application in _delivered(context):
        named = texts(application.root, "metadata", "finalizers")
        if not any(name.partition("/")[0] == FINALIZER for name in named):
            message = f"the objects of {application.name} remain when it is removed"
            yield Problem("KUBERNETES088", message, application.place, f"add the finalizer {FINALIZER}")


@rule("KUBERNETES089")
def applications_are_never_emptied(context: Context) -> Iterator[Problem]:
    """An Application that prunes has no `allowEmpty`.

    With `allowEmpty: true` a wrong path, or a moved folder, deletes everything that runs. Remove the line; Argo CD then
    refuses such a sync.
    """
    for each in manifest_sets(context):
        for application in _applications(each):
            automated = application.get("spec", "syncPolicy", "automated")
            node = find(automated, "allowEmpty")
            if node is not None and node.text == "true" and is_true(automated, "prune"):
                message = f"{application.name} deletes everything when its folder is empty"
                yield Problem("KUBERNETES089", message, application.at(node), "write allowEmpty: false")


@rule("KUBERNETES090")
def pruning_spares_data(context: Context) -> Iterator[Problem]:
    """In `deploy/`, objects with data are not pruned: volume claims, volumes, namespaces.

    Argo CD deletes what is no longer in the folder. A claim that was renamed or moved takes its data with it, and a
    namespace takes everything. Add `argocd.argoproj.io/sync-options: Prune=false`.
    """
    for each in delivered_sets(context):
        prunes = [
            each for each in _applications(each) if is_true(each.root, "spec", "syncPolicy", "automated", "prune")
        ]
        for manifest in each.of(*DATA) if prunes else ():
            if "Prune=false" not in manifest.annotation(OPTIONS).replace(" ", "").split(","):
                message = f"pruning may delete the {manifest.kind} {manifest.name}, with its data"
                yield Problem("KUBERNETES090", message, manifest.place, f"add {OPTIONS}: Prune=false,Delete=false")


@rule("KUBERNETES091")
def synced_folders_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an Application of this repository syncs an existing folder.

    Otherwise it stays in `ComparisonError: app path does not exist`, and nothing is deployed. The rule recognises this
    repository by the description, or by the first folder of the path. Fix the path.
    """
    ours = _repositories(context)
    for _, application in _delivered(context):
        node = application.get("spec", "source", "path")
        if ours and application.text("spec", "source", "repoURL") not in ours:
            continue
        if node is not None and node.text and not _is_there(context, node.text):
            message = f"{application.name} syncs {node.text}, and there is no such folder"
            yield Problem("KUBERNETES091", message, application.at(node), "fix the path")


def _repositories(context: Context) -> frozenset[str]:
    """Return what the description calls the repository that is synced."""
    environments = context.backend.environments if context.backend else ()
    clusters = (environment.kubernetes for environment in environments)
    return frozenset(cluster.gitops.repository for cluster in clusters if cluster and cluster.gitops)


def _is_there(context: Context, path: str) -> bool:
    """Return whether a folder is here, or may be another repository's. Without git the top of ours is unknown."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if context.tree.tracked:
        return not parts or not (context.tree.top / parts[0]).exists() or context.tree.top.joinpath(*parts).is_dir()
    tails = [parts[start:] for start in range(len(parts))]
    ours = [tail for tail in tails if (context.root / tail[0]).is_dir()]
    return not ours or any(context.tree.below(context.root.joinpath(*tail)) for tail in ours)


@rule("KUBERNETES092")
def projects_allow_what_is_synced(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an AppProject allows the repositories, the namespaces and the kinds of its Applications.

    Argo CD refuses the rest: `resource … is not permitted in project`, and the sync fails as a whole. Add it to the
    project.
    """
    for each in delivered_sets(context):
        projects = {project.name: project for project in each.of("AppProject")}
        mine = [each for each in _applications(each) if each.text("spec", "project") in projects]
        for application in mine:
            yield from _refused(projects[application.text("spec", "project")], application)
        if len(projects) == 1 and mine and each.complete:
            yield from _refused_kinds(next(iter(projects.values())), each)


def _refused(project: Manifest, application: Manifest) -> Iterator[Problem]:
    url = application.get("spec", "source", "repoURL")
    if url is not None and not any(
        fnmatch(url.text or "", each) for each in texts(project.root, "spec", "sourceRepos")
    ):
        message = f"the project {project.name} does not allow the repository of {application.name}"
        yield Problem(
            "KUBERNETES092", message, application.at(url), "add it to sourceRepos of the project", project.place
        )
    target = application.get("spec", "destination", "namespace")
    allowed = [text_of(each, "namespace") for each in items(project.root, "spec", "destinations")]
    if target is not None and not any(fnmatch(target.text or "", each) for each in allowed):
        message = f"the project {project.name} does not allow the namespace {target.text}"
        yield Problem("KUBERNETES092", message, application.at(target), "add it to destinations", project.place)


def _refused_kinds(project: Manifest, each: ManifestSet) -> Iterator[Problem]:
    """Yield the first object of each kind that the only project of a set does not allow."""
    namespaced = project.get("spec", "namespaceResourceWhitelist")
    reported: set[tuple[str, str]] = set()
    for manifest in each.manifests:
        wide = manifest.kind in CLUSTER_WIDE
        known = items(project.root, "spec", "clusterResourceWhitelist") if wide else items(namespaced)
        kind = (manifest.group, manifest.kind)
        if kind in reported or manifest.kind == "AppProject" or (not wide and namespaced is None):
            continue
        if not any(_is_kind(entry, manifest) for entry in known):
            reported.add(kind)
            message = f"the project {project.name} allows no {manifest.kind}"
            name = "clusterResourceWhitelist" if wide else "namespaceResourceWhitelist"
            yield Problem("KUBERNETES092", message, manifest.place, f"add its kind to {name}", project.place)


def _is_kind(entry: Node, manifest: Manifest) -> bool:
    return fnmatch(manifest.group, text_of(entry, "group")) and fnmatch(manifest.kind, text_of(entry, "kind"))


@rule("KUBERNETES093")
def projects_are_bounded(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an AppProject names its repositories, namespaces and cluster-wide kinds, without `*`.

    A project with `*` is the project `default` by another name: any repository may be synced to any namespace, with a
    ClusterRoleBinding in it. List them.
    """
    for each in delivered_sets(context):
        for project in each.of("AppProject"):
            found = [*items(project.root, "spec", "sourceRepos")]
            for name, key in (("destinations", "namespace"), ("clusterResourceWhitelist", "kind")):
                found += [node for entry in items(project.root, "spec", name) if (node := find(entry, key))]
            for node in (node for node in found if node.text == "*"):
                message = f"the project {project.name} allows everything here"
                yield Problem("KUBERNETES093", message, project.at(node), "name what is allowed")


RULES = (
    applications_have_a_project,
    applications_remove_what_they_made,
    applications_are_never_emptied,
    pruning_spares_data,
    synced_folders_are_there,
    projects_allow_what_is_synced,
    projects_are_bounded,
)
