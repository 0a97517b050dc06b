"""Access to the API server: a role allows what its account needs, by name, and nothing that makes it more."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, items, manifests, text_of, texts
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, manifest_sets
from stead.check.rule import rule
from stead.model import Problem

ROLES, BINDINGS = ("Role", "ClusterRole"), ("RoleBinding", "ClusterRoleBinding")
READ = frozenset({"get", "list", "watch", "*"})
ESCALATING = {
    "escalate": "can give itself any permission with it",
    "bind": "can give itself any permission with it",
    "impersonate": "can act as any user with it",
}
SHELLS = frozenset({"pods/exec", "pods/attach", "nodes/proxy"})
ADMINISTRATORS = frozenset({"cluster-admin"})
BUILT_IN = ("system:", "cluster-admin", "admin", "edit", "view")


def _roles(each: ManifestSet) -> Iterator[tuple[Manifest, Node]]:
    for role in each.of(*ROLES):
        yield from ((role, entry) for entry in items(role.root, "rules"))


@rule("KUBERNETES094")
def roles_name_what_they_allow(context: Context) -> Iterator[Problem]:
    """A role lists the resources and the verbs that it allows.

    With `*` it also allows everything that later versions of Kubernetes and later operators add: Secrets, `exec` into
    Pods, roles. In `deploy/` neither may be `*`; elsewhere not both. List what the program uses.
    """
    for each in manifest_sets(context):
        for role, entry in _roles(each):
            stars = [node for key in ("resources", "verbs") for node in items(entry, key) if node.text == "*"]
            if len(stars) == 2 or (stars and each.delivered):
                message = f"{role.name} allows every permission, including future ones"
                yield Problem("KUBERNETES094", message, role.at(stars[0]), "name the resources and the verbs")


@rule("KUBERNETES095")
def roles_read_no_unnamed_secrets(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a role reads Secrets by their names.

    Without `resourceNames` its account reads every Secret of the namespace, the tokens and keys of all others among
    them; `list` gives the values, too. Name the Secret.
    """
    for each in delivered_sets(context):
        for role, entry in _roles(each):
            node = next((node for node in items(entry, "resources") if node.text == "secrets"), None)
            core, reads = {"", "*"} & set(texts(entry, "apiGroups")), READ & set(texts(entry, "verbs"))
            if node is not None and core and reads and not items(entry, "resourceNames"):
                message = f"{role.name} reads every Secret of its namespace"
                yield Problem("KUBERNETES095", message, role.at(node), "add resourceNames")


@rule("KUBERNETES096")
def no_account_is_bound_to_cluster_admin(context: Context) -> Iterator[Problem]:
    """No account is bound to `cluster-admin`.

    An attacker in one of its Pods controls the cluster: every Secret, every node, every namespace. Write a role with
    the permissions that the program uses.
    """
    for manifest in manifests(context):
        if manifest.kind in BINDINGS and manifest.text("roleRef", "name") in ADMINISTRATORS:
            node = manifest.get("roleRef", "name") or manifest.root
            names = ", ".join(text_of(each, "name") for each in items(manifest.root, "subjects"))
            message = f"{names or manifest.name} has every permission in the cluster"
            yield Problem("KUBERNETES096", message, manifest.at(node), "bind it to a role of what it uses")


@rule("KUBERNETES097")
def bindings_lead_to_something(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a binding names a role and accounts that are applied with it.

    The API server accepts a wrong name; the program gets 403 at its first request, and `roleRef` is immutable. Fix the
    name, or add the object.
    """
    for each in delivered_sets(context):
        for binding in each.of(*BINDINGS) if each.complete else ():
            role = binding.get("roleRef", "name")
            kind = binding.text("roleRef", "kind")
            known = role is None or (role.text or "").startswith(BUILT_IN)
            if role is not None and not known and not each.named(kind, role.text or "", binding.namespace):
                message = f"{binding.name} gives the {kind} {role.text}, which does not exist"
                yield Problem("KUBERNETES097", message, binding.at(role), f"fix the name, or add the {kind}")
            yield from _absent(each, binding)


def _absent(each: ManifestSet, binding: Manifest) -> Iterator[Problem]:
    """Yield the accounts of the set's own namespaces that nothing makes."""
    namespaces = {manifest.namespace for manifest in each.manifests}
    for subject in items(binding.root, "subjects"):
        name, namespace = find(subject, "name"), text_of(subject, "namespace") or binding.namespace
        if text_of(subject, "kind") != "ServiceAccount" or name is None or namespace not in namespaces:
            continue
        if name.text != "default" and not each.named("ServiceAccount", name.text or "", namespace):
            message = f"{binding.name} is for the account {name.text}, and no manifest creates it"
            yield Problem("KUBERNETES097", message, binding.at(name), "fix the name, or add the ServiceAccount")


@rule("KUBERNETES112")
def the_default_account_is_given_nothing(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the account `default` has no role.

    Every Pod of the namespace without an account of its own runs as `default`, also Pods that are added later. Create
    an account for the program that needs the role, and bind it.
    """
    for each in delivered_sets(context):
        for binding in each.of(*BINDINGS):
            for subject in items(binding.root, "subjects"):
                name = find(subject, "name")
                if text_of(subject, "kind") == "ServiceAccount" and name is not None and name.text == "default":
                    message = f"{binding.name} gives its role to every Pod that names no account"
                    yield Problem("KUBERNETES112", message, binding.at(name), "create a ServiceAccount, and bind it")


@rule("KUBERNETES098")
def roles_do_not_grow(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a role does not allow privilege escalation.

    With `bind`, `escalate` and `impersonate` its account can get any permission; with `pods/exec` and `nodes/proxy` it
    can enter every Pod, with that Pod's account and secrets. Remove them.
    """
    for each in delivered_sets(context):
        for role, entry in _roles(each):
            for node in items(entry, "verbs"):
                if node.text in ESCALATING:
                    message = f"{role.name} may {node.text}: it {ESCALATING[node.text]}"
                    yield Problem("KUBERNETES098", message, role.at(node), f"remove {node.text}")
            for node in items(entry, "resources"):
                if node.text in SHELLS and {"create", "get", "*"} & set(texts(entry, "verbs")):
                    message = f"{role.name} reaches into Pods by {node.text}"
                    yield Problem("KUBERNETES098", message, role.at(node), f"remove {node.text}")


RULES = (
    roles_name_what_they_allow,
    roles_read_no_unnamed_secrets,
    no_account_is_bound_to_cluster_admin,
    bindings_lead_to_something,
    the_default_account_is_given_nothing,
    roles_do_not_grow,
)
