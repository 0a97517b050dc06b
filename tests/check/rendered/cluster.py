"""Defects of what bounds a cluster: network policies, access to the API server, and what Argo CD may sync."""

from check.rendered.defect import Defect

FOLDER = "kubernetes/prod"
REPO, GATEWAY = "arch-repo-service", "api-gateway"
DENY = f"{FOLDER}/common/archpad-default-deny.networkpolicy.yaml|name: archpad-default-deny"
LABELS = """              app.kubernetes.io/component: gateway
              app.kubernetes.io/instance: archpad-prod
              app.kubernetes.io/name: api-gateway
"""
CALLER = f"        - podSelector:\n            matchLabels:\n{LABELS}"
NAMESPACE = "        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: {}\n"
OPEN = "        - namespaceSelector: {}\n"
VAULT = NAMESPACE.format("vault")
EVERYWHERE = '        - ipBlock:\n            cidr: "0.0.0.0/0"\n'


def _of(path: str):
    """Return what makes defects of one file."""
    file = f"{FOLDER}/{path}.yaml"
    return lambda before, after, found, within="": Defect(file, before, after, found, within, "archpad")


def _own(process: str, kind: str):
    return _of(f"{process}/{process}.{kind}")


_policy, _edge = _own(REPO, "networkpolicy"), _own(GATEWAY, "networkpolicy")
_app, _project, _namespace = _own(REPO, "app"), _of("argocd/archpad.appproject"), _of("common/archpad.namespace")
_role, _binding = _own("vault-role", "role"), _own("vault-role", "rolebinding")

POLICIES = {
    "a policy of no Pod": _policy(
        f"name: {REPO}", "name: arch", {"KUBERNETES066": "matchLabels:", "KUBERNETES070": DENY}, "podSelector:\n"
    ),
    "a policy without its egress": _policy(
        "    - Egress\n", "", {"KUBERNETES070": DENY, "KUBERNETES127": "    - Ingress"}
    ),
    "a policy without DNS": _policy(
        "        - port: 53\n          protocol: UDP\n", "", {"KUBERNETES065": "    - to:"}
    ),
    "a policy for every namespace": _policy(CALLER, OPEN, {"KUBERNETES067": "- namespaceSelector: {}"}),
    "a policy for everybody": _policy(
        f"    - from:\n{NAMESPACE.format('monitoring')}      ports:\n",
        "    - ports:\n",
        {"KUBERNETES067": "    - ports:"},
    ),
    "a policy for every address": _policy(
        f"{VAULT}      ports:\n        - port: 8200\n          protocol: TCP\n",
        EVERYWHERE,
        {"KUBERNETES067": "- ipBlock:"},
    ),
    "a policy for the Service's port": _policy(
        "port: 8000", "port: 80", {"KUBERNETES068": "port: 80\n", "KUBERNETES070": "ingress:"}
    ),
    "a caller that is forgotten": _policy("name: api-gateway", "name: gateway", {"KUBERNETES070": "ingress:"}),
    "a callee that is forgotten": _edge(f"name: {REPO}", "name: arch", {"KUBERNETES070": "egress:"}),
}
ACCESS = {
    "a role of all verbs": _role("      - list", '      - "*"', {"KUBERNETES094": '- "*"'}),
    "a role of all resources": _role("      - pods", '      - "*"', {"KUBERNETES094": '- "*"'}),
    "a role of all Secrets": _own("registry-secret-sync", "role")(
        "    resourceNames:\n      - archpad-registry-secret\n", "", {"KUBERNETES095": "- secrets"}
    ),
    "a role that reaches into Pods": _role("- serviceaccounts", "- pods/exec", {"KUBERNETES098": "- pods/exec"}),
    "a role that becomes another": _role("      - get", "      - impersonate", {"KUBERNETES098": "- impersonate"}),
    "a binding to everything": _binding(
        "name: vault-role", "name: cluster-admin", {"KUBERNETES096": "name: cluster-admin"}, "roleRef:"
    ),
    "a binding to no role": _binding("name: vault-role", "name: vault", {"KUBERNETES097": "name: vault\n"}, "roleRef:"),
    "a binding of no account": _binding(
        "name: vault-role", "name: vault", {"KUBERNETES097": "name: vault\n"}, "subjects:"
    ),
}
ARGO = {
    "an Application of every project": _app("project: archpad-prod", "project: default", {"KUBERNETES087": "project:"}),
    "an Application that leaves all behind": _app(
        "  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n",
        "",
        {"KUBERNETES088": "name: archpad-prod-arch"},
    ),
    "an Application that empties itself": _app("Empty: false", "Empty: true", {"KUBERNETES089": "Empty: true"}),
    "an Application of no folder": _app(f"prod/{REPO}", "prod/arch-repo", {"KUBERNETES091": "path: "}),
    "an Application of another repository": _app("backend.git", "other.git", {"KUBERNETES092": "repoURL: "}),
    "a namespace that is pruned": _namespace(
        "    argocd.argoproj.io/sync-options: Prune=false,Delete=false\n", "", {"KUBERNETES090": "name: platform"}
    ),
    "a namespace for any Pod": _namespace(
        "enforce: restricted", "enforce: privileged", {"KUBERNETES037": "name: platform"}
    ),
    "a project without Jobs": _project(
        "    - group: batch\n      kind: Job\n",
        "",
        {"KUBERNETES092": f"{FOLDER}/hasura-sync-service/hasura-sync-service.job.yaml|  name: hasura-sync-service"},
    ),
    "a project of every repository": _project(
        "    - https://git.example.com/archpad/backend.git", '    - "*"', {"KUBERNETES093": '- "*"'}
    ),
    "a project of every namespace": _project("namespace: platform", 'namespace: "*"', {"KUBERNETES093": '"*"'}),
}
DEFECTS = POLICIES | ACCESS | ARGO
