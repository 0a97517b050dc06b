"""Documents of secrets: who reads one is let in with his token, by the written policy, and reads his own."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.account import account_of
from stead.check.kubernetes.manifest import find, items
from stead.check.kubernetes.manifest_set import delivered_sets, delivered_workloads
from stead.check.kubernetes.secret_file import has_text
from stead.check.kubernetes.vault import GRANT, agents, injected_files, refused_files, workloads_of_roles
from stead.check.kubernetes.workload import Workload, volumes
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

TOKEN = "vault.hashicorp.com/agent-service-account-token-volume-name"  # noqa: S105 - the name of an annotation


@rule("KUBERNETES124")
def tokens_are_for_the_role(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the token of Vault's agent has the audience of the role.

    Vault refuses any other: `invalid audience (aud) claim`, and the Pod waits in its init container. Write one audience
    in both.
    """
    for role, workload in workloads_of_roles(context):
        node = _audience(workload)
        if role.audience and node is not None and node.text != role.audience:
            message = f"the token of {workload.name} is for {node.text}, and the role {role.role} for {role.audience}"
            yield Problem("KUBERNETES124", message, workload.manifest.at(node), f"write audience: {role.audience}")


def _audience(workload: Workload) -> Node | None:
    """Return the audience of the token with which the agent of a workload logs in."""
    volume = dict(volumes(workload.spec)).get(workload.annotation(TOKEN))
    sources = (find(source, "serviceAccountToken", "audience") for source in items(volume, "projected", "sources"))
    return next((node for node in sources if node is not None), None)


@rule("KUBERNETES125")
def written_policies_allow_the_documents(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the written policy of an account allows each document that Vault's agent reads with it.

    That is the file `ACCOUNT.hcl` of the folder `vault` beside the manifests, which a person writes to Vault. For
    another document the agent gets 403, and the Pod waits in its init container. Add the path, with `read`.
    """
    told = {id(file.node) for _, file in refused_files(context)}  # by the policy that the role's Job keeps
    policies = {path: context.tree.text(path) or "" for path in context.tree.files if path.suffix == ".hcl"}
    for workload in agents(delivered_workloads(context)) if policies else ():
        path = _policy_of(workload, policies)
        for file in (each for each in injected_files(workload) if path and id(each.node) not in told):
            if path and not any(_covers(granted, file.document) for granted in GRANT.findall(policies[path])):
                message = f"{path.name} does not allow {file.document}, which {workload.name} reads"
                place = workload.manifest.at(file.node)
                mend = f"add the path to {path.name}"
                yield Problem("KUBERNETES125", message, place, mend, SourceLocation(str(path), 1, 1))


def _policy_of(workload: Workload, policies: dict[Path, str]) -> Path | None:
    name = f"{account_of(workload)}.hcl"
    folders = workload.manifest.file.parents
    return next((path for folder in folders if (path := folder / "vault" / name) in policies), None)


def _covers(granted: str, document: str) -> bool:
    """Return whether a path of a policy means a document: `+` is one part of it, `*` at the end is any rest."""
    start = granted.removesuffix("*")
    form = re.escape(start).replace(r"\+", "[^/]+") + (".*" if start != granted else "")
    return re.fullmatch(form, document) is not None


@rule("KUBERNETES126")
def secrets_are_made_of_ones_own_document(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an ExternalSecret reads no document of another workload.

    The last part of the document's path names a workload of the same folder, which does not read this Secret: after a
    copy of the object one program has the passwords and the keys of another. Write the path of its own document.
    """
    for each in delivered_sets(context):
        named = {workload.name: workload for workload in each.workloads}
        for manifest in each.of("ExternalSecret"):
            target = manifest.text("spec", "target", "name") or manifest.name
            found: dict[str, Node] = {}
            for entry in (*items(manifest.root, "spec", "data"), *items(manifest.root, "spec", "dataFrom")):
                node = find(entry, "remoteRef", "key") or find(entry, "extract", "key")
                if node is not None:
                    found.setdefault((node.text or "").rpartition("/")[2], node)
            for name, node in found.items():
                owner = named.get(name)
                if owner and manifest.name != name and not has_text(owner.spec, target):
                    message = f"{manifest.name} reads the document of {name}: {node.text}"
                    yield Problem("KUBERNETES126", message, manifest.at(node), "write the path of its own document")


RULES = (tokens_are_for_the_role, written_policies_allow_the_documents, secrets_are_made_of_ones_own_document)
