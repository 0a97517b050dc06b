"""The files of `stead gitops init`: a release file per environment, the objects for Flux, and a README."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from stead.model import Backend, Environment
from stead.model.kubernetes import Gitops
from stead.ops.gitops import flux
from stead.ops.gitops.repository import GitopsError, Repository
from stead.render.drift import FOLDER
from stead.render.kubernetes import release
from stead.render.kubernetes.release import Release

PLACE = f"{FOLDER}/gitops"
README = f"{PLACE}/README.md"
PAGE = """\
# {name}: delivery by commits

The branch `{branch}` determines what runs in {environments}. An environment's version and digests are in
`deploy/releases/ENVIRONMENT.json`; its manifests, rendered of both, are in `deploy/kubernetes/ENVIRONMENT/`.

| | command |
|---|---|
| ship a build to {first} | `stead ship gitops --env {first} --version VERSION --image NAME=sha256:… --push` |
| promote | `stead ship gitops --env NEXT --version VERSION --push`: with the digests of the previous environment |
| roll back | `stead ship gitops --env ENVIRONMENT --back --push`: this is a commit, too |
| see what differs | `kubectl diff -R -f deploy/kubernetes/ENVIRONMENT`, or Argo CD's status |

CI ships by these commands; no updater writes into the cluster or into git.
{rules}
Argo CD: apply `deploy/kubernetes/ENVIRONMENT/argocd/` once. Flux instead: apply `deploy/gitops/flux/ENVIRONMENT.yaml`
once; it ignores the Applications, and applies one wave after the other. Use one of the two.
"""


def synced(backend: Backend) -> Iterator[tuple[Environment, Gitops]]:
    """Yield the environments that are synced from a repository, in the order of promotion."""
    for environment in backend.environments:
        if environment.kubernetes and environment.kubernetes.gitops:
            yield environment, environment.kubernetes.gitops


def files(backend: Backend, folder: Path) -> dict[str, str]:
    """Return the files by path, without a README that is there already, and without releases that are."""
    found = {} if (folder / README).exists() else {README: _page(backend)}
    for environment, gitops in synced(backend):
        found[f"{PLACE}/flux/{environment.name}.yaml"] = flux.text(backend, environment, gitops)
        path = f"{FOLDER}/{release.path(environment)}"
        if not (folder / path).exists():
            found[path] = release.text(Release())
    return found


def releases(backend: Backend, folder: Path) -> list[str]:
    """Return the release files that are there: what `stead ship kubernetes` wrote is taken over as it is."""
    paths = (f"{FOLDER}/{release.path(environment)}" for environment, _ in synced(backend))
    return [path for path in paths if (folder / path).exists()]


def refuse_changed(repository: Repository, files: Mapping[str, str]) -> None:
    """Raise GitopsError for a file of these that is changed and not committed, and holds something else."""
    for path in repository.dirty(sorted(files)):
        file = repository.folder / path
        if not file.exists() or file.read_bytes() != files[path].encode():
            raise GitopsError(f"{path} is changed and not committed: commit or revert it, and try again")


def _page(backend: Backend) -> str:
    found = list(synced(backend))
    rules = "".join(f"\n`{each.name}` takes tags `{gitops.tag}` only.\n" for each, gitops in found if gitops.tag)
    names = ", ".join(each.name for each, _ in found)
    branch, first = found[0][1].revision, found[0][0].name
    return PAGE.format(name=backend.name, environments=names, branch=branch, first=first, rules=rules)
