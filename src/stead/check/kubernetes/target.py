"""Targets: what an object names beside itself is there, and is what it means."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import find, items, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, is_near, manifest_sets, workloads
from stead.check.kubernetes.selector import matches
from stead.check.kubernetes.workload import volumes
from stead.check.rule import rule
from stead.model import Problem
from stead.render.kubernetes.argo import GROUP

TEMPLATE = "vault.hashicorp.com/agent-inject-template-"
TOKEN = "vault.hashicorp.com/agent-service-account-token-volume-name"  # noqa: S105 - the name of an annotation
READS = re.compile(r'secret\s+"([^"]+)"')
WITHOUT_DATA = re.compile(r"\.Data(?!\.data\b|\.metadata\b)\b")
HIDES = re.compile(r"/spec(/template(/spec(/containers(/\d+(/image)?)?)?)?)?")


@rule("KUBERNETES115")
def spreads_count_their_own_pods(context: Context) -> Iterator[Problem]:
    """A topology spread constraint selects the Pods of its own workload.

    The scheduler counts the Pods that are selected. One that counts others has no effect, and all replicas may run on
    one node. Write the labels of the Pods' template.
    """
    for workload in workloads(context):
        for each in items(workload.spec, "topologySpreadConstraints"):
            selector = find(each, "labelSelector")
            if selector is not None and not matches(selector, workload.labels):
                message = f"a topology spread of {workload.name} counts other Pods than its own"
                place = workload.manifest.at(selector)
                yield Problem("KUBERNETES115", message, place, "write the labels of the Pods' template")


@rule("KUBERNETES117")
def templates_read_the_document(context: Context) -> Iterator[Problem]:
    """A template of Vault's agent reads `.Data.data` of a secret under `/data/`.

    In version 2 of the KV engine `.Data` has the document in `data`, beside its `metadata`: `.Data.KEY` is nothing, and
    the file has `<no value>` in it. Write `.Data.data.KEY`.
    """
    for workload in workloads(context):
        for name, node in workload.annotations.items():
            text = node.text or ""
            paths = READS.findall(text) if name.startswith(TEMPLATE) else []
            if paths and all("/data/" in path for path in paths) and WITHOUT_DATA.search(text):
                message = f"{name.removeprefix(TEMPLATE)} of {workload.name} is read beside its document"
                yield Problem("KUBERNETES117", message, workload.manifest.at(node), "write .Data.data")


@rule("KUBERNETES118")
def agents_have_their_token(context: Context) -> Iterator[Problem]:
    """The volume with the token of Vault's agent is a volume of the Pod.

    Otherwise the injector refuses the Pod: `unable to find service account token volume`, and no Pod starts. Write the
    name of the projected volume.
    """
    for workload in workloads(context):
        node = workload.annotations.get(TOKEN)
        if node is not None and node.text not in {name for name, _ in volumes(workload.spec)}:
            message = f"Vault's agent in {workload.name} takes its token from {node.text}, and no volume has this name"
            yield Problem("KUBERNETES118", message, workload.manifest.at(node), "write the name of the volume")


@rule("KUBERNETES119")
def projects_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an Application names an existing project.

    Argo CD refuses one of a project that does not exist: `application references project … which does not exist`. Fix
    the name.
    """
    for each in delivered_sets(context):
        projects = {project.name for project in each.of("AppProject")}
        for application in each.of("Application") if projects and each.complete else ():
            node = application.get("spec", "project")
            if application.group == GROUP and node is not None and node.text not in {"", "default", *projects}:
                message = f"{application.name} is in the project {node.text}, and there is no such project"
                yield Problem("KUBERNETES119", message, application.at(node), "fix the name of the project")


@rule("KUBERNETES120")
def differences_of_programs_are_seen(context: Context) -> Iterator[Problem]:
    """An Application ignores no difference in a workload's whole spec, its template or its images.

    An ignored field is never out of sync: a manual change of a Pod template stays, and with `RespectIgnoreDifferences`
    a new version is not rolled out. Name the one field that another controller writes.
    """
    for each in manifest_sets(context):
        for application in each.of("Application"):
            for entry in items(application.root, "spec", "ignoreDifferences"):
                for pointer in items(entry, "jsonPointers"):
                    if HIDES.fullmatch(pointer.text or ""):
                        message = f"{application.name} ignores what runs in {text_of(entry, 'kind')}: {pointer.text}"
                        mend = "name the one field that another controller writes, as /spec/replicas"
                        yield Problem("KUBERNETES120", message, application.at(pointer), mend)


@rule("KUBERNETES121")
def subjects_are_in_their_namespace(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a binding names an account with the right namespace.

    An account of the same name in another namespace is a different one: the program gets 403, and everyone who can
    create the other account gets the rights. Fix the namespace.
    """
    for each in delivered_sets(context):
        for binding in each.of("RoleBinding", "ClusterRoleBinding"):
            for subject in items(binding.root, "subjects"):
                namespace, name = find(subject, "namespace"), text_of(subject, "name")
                if namespace is not None and _is_elsewhere(each, name, namespace.text or ""):
                    message = f"{binding.name} is for {name} in {namespace.text}, and the account is in another one"
                    yield Problem("KUBERNETES121", message, binding.at(namespace), "write the account's namespace")


def _is_elsewhere(each: ManifestSet, name: str, namespace: str) -> bool:
    accounts = [account for account in each.of("ServiceAccount") if account.name == name]
    return bool(accounts) and not any(is_near(account.namespace, namespace) for account in accounts)


RULES = (
    spreads_count_their_own_pods,
    templates_read_the_document,
    agents_have_their_token,
    projects_are_there,
    differences_of_programs_are_seen,
    subjects_are_in_their_namespace,
)
