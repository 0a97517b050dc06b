"""Vault: what the agent's injector is told leads to a document that this account may read, and lets a Job end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import DecodeError, Struct, json

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.account import account_of
from stead.check.kubernetes.manifest import items, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, is_near, workloads
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

PREFIX = "vault.hashicorp.com/"
SECRET, TEMPLATE = f"{PREFIX}agent-inject-secret-", f"{PREFIX}agent-inject-template-"
DOCUMENT = re.compile(r"\b(?:with\s+secret|secret)\s+\\?[\"`]([^\"`\\]+)\\?[\"`]")
VERSION_2 = ".Data.data"
KV = frozenset({"kv", "kv-v2", "secret"})  # where KV engines of version 2 are mounted by default
GRANT = re.compile(r'path\s+"([^"]+)"')
DESIRED = "DESIRED"


@dataclass(frozen=True, eq=False)
class Injected:
    """One file that the agent is to write: its document, and the template, where it has one."""

    workload: Workload
    name: str
    node: Node

    @property
    def document(self) -> str:
        return self.node.text or ""

    @property
    def template(self) -> Node | None:
        return self.workload.annotations.get(f"{TEMPLATE}{self.name}")


def agents(found: Iterator[Workload]) -> Iterator[Workload]:
    """Yield those of the workloads into which Vault's agent is injected."""
    return (workload for workload in found if workload.annotation(f"{PREFIX}agent-inject") == "true")


def injected_files(workload: Workload) -> Iterator[Injected]:
    for name, node in workload.annotations.items():
        if name.startswith(SECRET):
            yield Injected(workload, name.removeprefix(SECRET), node)


@rule("KUBERNETES071")
def documents_have_their_whole_path(context: Context) -> Iterator[Problem]:
    """A document of a KV engine of version 2 is named by its path in the API, with `data` behind the mount.

    Vault's own commands hide it: `vault kv get kv/shop/api` reads `kv/data/shop/api`. The agent asks the API, gets 403
    for the shorter path, and the Pod waits in its init container forever. Write `kv/data/…`.
    """
    for workload in agents(workloads(context)):
        for file in injected_files(workload):
            mount, _, rest = file.document.partition("/")
            template = (file.template.text or "") if file.template is not None else ""
            if (mount in KV or VERSION_2 in template) and rest and "data" not in file.document.split("/")[1:-1]:
                message = f"{file.document} lacks data/ behind the mount, so Vault does not find it"
                place = workload.manifest.at(file.node)
                yield Problem("KUBERNETES071", message, place, f"write {mount}/data/{rest}")


@rule("KUBERNETES072")
def agents_let_jobs_end(context: Context) -> Iterator[Problem]:
    """In a Job, Vault's agent writes the secrets before the program starts, and does not stay beside it.

    The sidecar never ends, so the Job does not either: it runs until its deadline, and the next wave never starts.
    Write `vault.hashicorp.com/agent-pre-populate-only: "true"`.
    """
    for workload in agents(workloads(context)):
        if workload.ends and workload.annotation(f"{PREFIX}agent-pre-populate-only") != "true":
            place = workload.manifest.at(workload.annotations[f"{PREFIX}agent-inject"])
            mend = f'add {PREFIX}agent-pre-populate-only: "true"'
            yield Problem("KUBERNETES072", f"Vault's agent prevents the end of {workload.name}", place, mend)


@rule("KUBERNETES073")
def agents_have_a_role(context: Context) -> Iterator[Problem]:
    """A Pod with Vault's agent names the role of its login.

    The injector refuses the Pod otherwise: `no Vault role found`. Write `vault.hashicorp.com/role`, or name a ConfigMap
    with the agent's whole configuration.
    """
    for workload in agents(workloads(context)):
        known = any(workload.annotation(f"{PREFIX}{name}") for name in ("role", "agent-configmap"))
        if not known and not workload.annotation(f"{PREFIX}auth-type"):
            place = workload.manifest.at(workload.annotations[f"{PREFIX}agent-inject"])
            message = f"Vault's agent in {workload.name} has no role for its login"
            yield Problem("KUBERNETES073", message, place, f"add {PREFIX}role")


@rule("KUBERNETES074")
def templates_read_their_document(context: Context) -> Iterator[Problem]:
    """The template of an injected file has an annotation, and reads the document that it names.

    The agent renders the document in the template, regardless of the annotation. It ignores a template without an
    `agent-inject-secret-…` of the same name.
    """
    for workload in agents(workloads(context)):
        known = {file.name: file for file in injected_files(workload)}
        for annotation, node in workload.annotations.items():
            if not annotation.startswith(TEMPLATE):
                continue
            name = annotation.removeprefix(TEMPLATE)
            documents = set(DOCUMENT.findall(node.text or ""))
            if name not in known:
                message, mend = f"the template {name} has no injected file", f"add {SECRET}{name}"
                yield Problem("KUBERNETES074", message, workload.manifest.at(node), mend)
            elif documents and known[name].document not in documents:
                other = min(documents)
                message = f"the template of {name} reads {other}, but its annotation names {known[name].document}"
                mend = f"write {known[name].document} in both"
                yield Problem("KUBERNETES074", message, workload.manifest.at(node), mend)


class VaultRole(Struct, frozen=True):
    """What the Job that keeps Vault's role writes there: the role, its accounts with their policies, and these.

    audience  whom the token of a login is for; empty where any is taken
    """

    role: str
    accounts: dict[str, str]
    policies: dict[str, str]
    audience: str = ""

    def documents(self, account: str) -> frozenset[str] | None:
        """Return the documents that an account may read; None where the role does not know it."""
        policy = self.accounts.get(account)
        return None if policy is None else frozenset(GRANT.findall(self.policies.get(policy, "")))


def _vault_roles(each: ManifestSet) -> Iterator[tuple[str, VaultRole]]:
    """Yield what the set's own Jobs keep in Vault, with the namespace of the Job."""
    for workload in each.workloads:
        for container in workload.containers if workload.ends else ():
            for variable in items(container.node, "env"):
                text = text_of(variable, "value") if text_of(variable, "name") == DESIRED else ""
                role = _read(text) if text.startswith("{") else None
                if role:
                    yield workload.manifest.namespace, role


def _read(text: str) -> VaultRole | None:
    """Read what a Job is told; None where it is something else that is called so."""
    try:
        return json.decode(text, type=VaultRole)
    except DecodeError:
        return None


def workloads_of_roles(context: Context) -> Iterator[tuple[VaultRole, Workload]]:
    """Yield the workloads of `deploy/` whose agent logs in by the role that a Job keeps."""
    for each in delivered_sets(context):
        roles = list(_vault_roles(each))
        for workload in agents(iter(each.workloads)) if roles else ():
            for namespace, role in roles:
                named = workload.annotation(f"{PREFIX}role") == role.role
                if named and is_near(namespace, workload.manifest.namespace):
                    yield role, workload


@rule("KUBERNETES075")
def roles_know_their_accounts(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the role's Job admits the account of a Pod with Vault's agent to the role that the Pod names.

    The Job binds the role to the accounts in `DESIRED`, and to no other. A Pod of another account, or with the name of
    another role, gets 403 from Vault, and waits in its init container. Add the account there, with its policy.
    """
    yield from _unknown_roles(context)
    for role, workload in workloads_of_roles(context):
        account = account_of(workload)
        if account not in role.accounts:
            message = f"Vault's role {role.role} does not know the account {account}"
            mend = f"add {account} to DESIRED of the Job that keeps the role"
            yield Problem("KUBERNETES075", message, workload.at("serviceAccountName"), mend)


def _unknown_roles(context: Context) -> Iterator[Problem]:
    for each in delivered_sets(context):
        kept = {role.role: role for _, role in _vault_roles(each)}
        for workload in agents(iter(each.workloads)) if kept else ():
            node = workload.annotations.get(f"{PREFIX}role")
            known = any(account_of(workload) in role.accounts for role in kept.values())
            if node is not None and node.text not in kept and known:
                message = f"Vault's role {node.text} does not admit {account_of(workload)}"
                yield Problem("KUBERNETES075", message, workload.manifest.at(node), f"write {next(iter(kept))}")


@rule("KUBERNETES076")
def accounts_may_read_their_documents(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the account's policy allows each document that Vault's agent reads.

    Policies name exact paths. For any other one the agent gets 403, and the Pod waits in its init container. Add the
    path to the policy of the account, in `DESIRED` of the Job that keeps the role.
    """
    for workload, file in refused_files(context):
        message = f"{account_of(workload)} may not read {file.document} in Vault"
        mend = "add the path to its policy in DESIRED, or read a document that it may read"
        yield Problem("KUBERNETES076", message, workload.manifest.at(file.node), mend)


def refused_files(context: Context) -> Iterator[tuple[Workload, Injected]]:
    """Yield what an agent is to read that the policy of its account, which the role's Job keeps, does not allow."""
    for role, workload in workloads_of_roles(context):
        allowed = role.documents(account_of(workload))
        for file in injected_files(workload) if allowed is not None else ():
            if allowed is not None and file.document not in allowed:
                yield workload, file


RULES = (
    documents_have_their_whole_path,
    agents_let_jobs_end,
    agents_have_a_role,
    templates_read_their_document,
    roles_know_their_accounts,
    accounts_may_read_their_documents,
)
