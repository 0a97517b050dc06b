"""The defects of a delivery by commits: the shop's environments run in a cluster, and have releases."""

import json

from check.defects import both, change, write
from check.rule_run import git

REPOSITORY = "https://git.example.com/shop.git"
OLD, NEW = (f"sha256:{mark * 64}" for mark in "12")
FILES = {name: f"deploy/releases/{name}.json" for name in ("dev", "prod")}


def described(repository=REPOSITORY):
    """Return a change of the description: its environments are synced from a repository."""
    place = f'kubernetes=Kubernetes("shop-{{}}", gitops=Gitops("{repository}"))'
    return both(
        change("backend.py", "Gateway, Job,", "Gateway, Gitops, Job, Kubernetes,"),
        change(
            "backend.py", '{stock: {"STOCK_LIMIT": 5}})', f'{{stock: {{"STOCK_LIMIT": 5}}}}, {place.format("dev")})'
        ),
        change("backend.py", "without=(search,))", f"without=(search,), {place.format('prod')})"),
        change("backend.py", '    "shop",\n', '    "shop",\n    registry="ghcr.io/example",\n'),
    )


def release(environment, digest=OLD, version="7", image="python"):
    """Return a change: an environment's release."""
    images = {"mail": digest, "stock": digest, image: digest}
    return write(FILES[environment], json.dumps({"version": version, "images": images}, indent=2) + "\n")


def committed(root):
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "release")


FLUX = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: own
spec:
  interval: 1m
  url: {scheme}://git.example.com/shop.git
  ref: {{branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: own
spec:
  interval: 10m
  path: ./cluster/own
  prune: true
  sourceRef: {{kind: GitRepository, name: own}}
"""
CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: uploads
  annotations:
    kustomize.toolkit.fluxcd.io/prune: {prune}
spec:
  accessModes: [ReadWriteOnce]
  resources: {{requests: {{storage: 5Gi}}}}
"""


def synced_by_flux(scheme="https", prune="disabled", more=""):
    """Return a change: a folder beside the rendered ones, which Flux applies."""
    return both(
        write("cluster/flux.yaml", FLUX.format(scheme=scheme) + more),
        write("cluster/own/claim.yaml", CLAIM.format(prune=prune)),
    )


UPDATER = "---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata:\n  name: own\n"
APPLICATION_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: own
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  syncPolicy: {preserveResourcesOnDeletion: true}
  generators:
    - list: {elements: [{name: own}]}
  template:
    metadata: {name: "{{.name}}"}
    spec:
      project: own
      source: {repoURL: "https://git.example.com/shop.git", targetRevision: main, path: "cluster/{{.name}}"}
      destination: {server: "https://kubernetes.default.svc", namespace: "{{.name}}"}
"""


def generated(before, after):
    """Return a change: an ApplicationSet, and one text of it is another."""
    assert APPLICATION_SET.count(before) == 1, before
    return write("cluster/set.yaml", APPLICATION_SET.replace(before, after))


PLANTED = {
    "GITOPS010": both(described(), release("dev"), release("prod", "v7")),
    "GITOPS011": both(described(), release("dev"), release("prod", NEW)),
    "GITOPS012": both(described(), *(release(each, image="pyhton") for each in FILES)),
    "GITOPS013": both(described("https://ghp-0123@git.example.com/shop.git"), release("dev"), release("prod")),
    "GITOPS015": synced_by_flux(prune="enabled"),
    "GITOPS016": synced_by_flux(scheme="http"),
    "GITOPS017": synced_by_flux(more=UPDATER),
    "GITOPS018": both(
        described(), release("dev"), release("prod"), write("deploy/releases/production.json", '{"version": "7"}')
    ),
    "GITOPS019": generated("Deletion: true", "Deletion: false"),
    "GITOPS020": generated("missingkey=error", "missingkey=zero"),
    "GITOPS014": both(described(), release("dev"), release("prod", NEW, version="8"), committed),
}
