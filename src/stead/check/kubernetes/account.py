"""Accounts: each workload is someone of its own, and has the API server's token only where it asks the API server."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

DEFAULT = "default"
TOKEN = "automountServiceAccountToken"  # noqa: S105 - a field's name


def account_of(workload: Workload) -> str:
    """Return the name of the account that a workload's Pods have."""
    return text_of(workload.spec, "serviceAccountName") or text_of(workload.spec, "serviceAccount") or DEFAULT


@rule("KUBERNETES038", severity="warning")
def tokens_are_not_mounted(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Pod has no unneeded token for the API server.

    It is mounted into every container by default, and an attacker in the container can use it. Write
    `automountServiceAccountToken: false` in the Pod; a Pod that uses the API server mounts its own token with a
    projected volume, or has the line with `true`.
    """
    for each in delivered_sets(context):
        for workload in each.workloads:
            if not _sets_token_mount(each, workload):
                message = f"{workload.name} gets a token for the API server, but does not need one"
                yield Problem("KUBERNETES038", message, workload.at(TOKEN), f"write {TOKEN}: false")


def _sets_token_mount(each: ManifestSet, workload: Workload) -> bool:
    account = each.named("ServiceAccount", account_of(workload), workload.manifest.namespace)
    return bool(text_of(workload.spec, TOKEN)) or (account is not None and bool(account.text(TOKEN)))


@rule("KUBERNETES039", severity="warning")
def workloads_have_an_account_each(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a workload has its own account.

    A permission of a shared account applies to all workloads that use it, also to later ones. Create a ServiceAccount
    for it, and write `serviceAccountName`.
    """
    for each in delivered_sets(context):
        first: dict[tuple[str, str], Workload] = {}
        for workload in each.workloads:
            account = account_of(workload)
            other = first.setdefault((workload.manifest.namespace, account), workload)
            if account == DEFAULT or other is not workload:
                shared = "everything else" if account == DEFAULT else other.name
                message = f"{workload.name} runs as the account {account}, like {shared}"
                mend = f"make a ServiceAccount {workload.name}, and write serviceAccountName: {workload.name}"
                yield Problem("KUBERNETES039", message, workload.at("serviceAccountName"), mend)


@rule("KUBERNETES040")
def accounts_exist(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the account of a workload is applied with it.

    Without it no Pod is created: `error looking up service account`. The Deployment has no Pods, and the reason is in
    an event of its ReplicaSet. Add the ServiceAccount, or fix the name.
    """
    for each in delivered_sets(context):
        for workload in each.workloads if each.complete else ():
            account = account_of(workload)
            if account != DEFAULT and not each.named("ServiceAccount", account, workload.manifest.namespace):
                message = f"{workload.name} runs as {account}, and no manifest creates that account"
                place = workload.at("serviceAccountName")
                yield Problem("KUBERNETES040", message, place, f"add a ServiceAccount {account}")


RULES = (tokens_are_not_mounted, workloads_have_an_account_each, accounts_exist)
