"""Argo CD's ApplicationSets: what is no longer listed keeps its objects, and a missing parameter fails."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, is_true, items, manifests, texts
from stead.check.rule import rule
from stead.model import Problem
from stead.render.kubernetes.argo import GROUP as ARGO

STRICT = "missingkey=error"
COMBINED = ("matrix", "merge")


def _sets(context: Context) -> Iterator[Manifest]:
    return (each for each in manifests(context) if each.kind == "ApplicationSet" and each.group == ARGO)


@rule("GITOPS019")
def generators_delete_nothing(context: Context) -> Iterator[Problem]:
    """An ApplicationSet keeps the objects of an Application that its generator no longer lists.

    A folder that was moved, a label that was changed or a set that was deleted removes Applications with all their
    objects and volumes. Write `preserveResourcesOnDeletion: true` in `spec.syncPolicy`. The rule skips a set with the
    generator `pullRequest`, whose previews should be deleted.
    """
    for each in _sets(context):
        if not _makes_previews(items(each.root, "spec", "generators")) and not is_true(
            each.root, "spec", "syncPolicy", "preserveResourcesOnDeletion"
        ):
            node = each.get("spec", "syncPolicy", "preserveResourcesOnDeletion")
            place = each.at(node) if node is not None else each.place
            message = f"{each.name} deletes the objects of an Application when its generator no longer lists it"
            yield Problem("GITOPS019", message, place, "write preserveResourcesOnDeletion: true")


def _makes_previews(generators: list[Node]) -> bool:
    inner = [found for each in generators for name in COMBINED for found in items(each, name, "generators")]
    return any(find(each, "pullRequest") is not None for each in (*generators, *inner))


@rule("GITOPS020")
def parameters_that_are_missing_fail(context: Context) -> Iterator[Problem]:
    """An ApplicationSet with Go templates fails when a parameter is missing.

    Otherwise `<no value>` takes its place: in a name, a path, a namespace. Write
    `goTemplateOptions: ["missingkey=error"]`.
    """
    for each in _sets(context):
        node = each.get("spec", "goTemplate")
        if node is not None and node.text == "true" and STRICT not in texts(each.root, "spec", "goTemplateOptions"):
            message = f"{each.name} fills in <no value> where a parameter is missing"
            yield Problem("GITOPS020", message, each.at(node), f'write goTemplateOptions: ["{STRICT}"]')


RULES = (generators_delete_nothing, parameters_that_are_missing_fail)
