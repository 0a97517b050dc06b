"""GitOps: what an environment runs is a release that is one, of images that are built, promoted by digest."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from stead.check.context import Context
from stead.check.gitops import application_set, source
from stead.check.rule import rule
from stead.model import Environment, Problem, SourceLocation
from stead.model.git import git
from stead.model.kubernetes import has_credentials
from stead.render.docker.image_kind import PYTHON, built
from stead.render.kubernetes import release
from stead.render.kubernetes.release import Release
from stead.render.problem import RenderError

DIGESTS = re.compile(r"^[ +].*(sha256:[0-9a-f]{64})", re.MULTILINE)


def _releases(context: Context) -> Iterator[tuple[Environment, Path, Release | RenderError]]:
    """Yield the release of each environment that runs in a cluster and has one, or what is wrong with its file."""
    for environment in context.backend.environments if context.backend else ():
        path = context.root / "deploy" / release.path(environment)
        text = context.tree.text(path) if environment.kubernetes and path in context.tree.known else None
        if text is not None:
            try:
                yield environment, path, release.parsed(text, SourceLocation(str(path), 1))
            except RenderError as error:
                yield environment, path, error


@rule("GITOPS010")
def a_release_is_complete(context: Context) -> Iterator[Problem]:
    """A release file has a version, and the digest of each image.

    Every manifest is rendered from it. A tag instead of a digest can point to another image later. `stead ship gitops`
    writes the file; restore one that a merge broke from either side.
    """
    for _, path, found in _releases(context):
        if isinstance(found, RenderError):
            for problem in found.problems:
                mend = "restore it from an earlier commit, or run stead ship gitops"
                yield Problem("GITOPS010", problem.message, SourceLocation(str(path), 1), mend)


@rule("GITOPS011")
def a_version_is_the_same_everywhere(context: Context) -> Iterator[Problem]:
    """A version has the same digests in every environment.

    The next environment must run the tested image. Images are built once and promoted by digest: `stead ship gitops
    --env ENVIRONMENT --version VERSION` takes the digests of the previous one.
    """
    first_with: dict[str, tuple[Environment, Release]] = {}
    for environment, path, found in _releases(context):
        if isinstance(found, RenderError) or not found.images:
            continue
        first, before = first_with.setdefault(found.version, (environment, found))
        other = [name for name, digest in found.images.items() if before.images.get(name) != digest]
        if other:
            message = (
                f"{found.version} differs in {', '.join(sorted(other))} between {environment.name} and {first.name}"
            )
            mend = f"stead ship gitops --env {environment.name} --version {found.version}"
            yield Problem("GITOPS011", message, SourceLocation(str(path), 1), mend)


@rule("GITOPS012")
def a_release_names_images_that_are_built(context: Context) -> Iterator[Problem]:
    """A release names images that the backend builds, and no others.

    Another name is a typing mistake: the intended image has no digest. Fix the name; the Python services of a backend
    share one image, `python`.
    """
    for _, path, found in _releases(context):
        assert context.backend is not None
        known = {*built(context.backend), PYTHON}
        for name in sorted(found.images.keys() - known) if isinstance(found, Release) else ():
            message = f"the backend builds no image {name}"
            yield Problem("GITOPS012", message, SourceLocation(str(path), 1), f"it builds {', '.join(sorted(known))}")


@rule("GITOPS013", shown=False)
def a_repository_is_named_without_credentials(context: Context) -> Iterator[Problem]:
    """The URL of the repository that is synced holds no user and no password.

    It is in the description and in every rendered manifest. Give the credentials to Argo CD or Flux as a Secret, and
    write the URL without them.
    """
    for environment in context.backend.environments if context.backend else ():
        gitops = environment.kubernetes.gitops if environment.kubernetes else None
        if gitops and has_credentials(gitops.repository):
            mend = "write https://git.example.com/shop.git, and give the credentials to Argo CD or Flux as a Secret"
            yield Problem("GITOPS013", "the repository's URL holds credentials", gitops.where, mend)


@rule("GITOPS014", cost="history")
def a_promotion_was_tried_before(context: Context) -> Iterator[Problem]:
    """An environment runs only digests that the previous environment has run.

    A digest that the previous environment never had was not tested. `stead ship gitops` enforces this, but not in a
    release file that was edited by hand. First ship the version to the previous environment.
    """
    found = list(_releases(context))
    for (before, path, _), (environment, own, shipped) in pairwise(found):
        if not isinstance(shipped, Release) or not context.tree.tracked:
            continue
        words = ("log", "--format=", "-p", "--", path.relative_to(context.root).as_posix())
        ran = set(DIGESTS.findall(git(context.root, *words).stdout.decode(errors="replace")))
        untried = sorted(name for name, digest in shipped.images.items() if digest not in ran)
        if untried:
            message = f"{before.name} never ran the {', '.join(untried)} of {shipped.version}"
            mend = f"stead ship gitops --env {before.name} --version {shipped.version}, then --env {environment.name}"
            yield Problem("GITOPS014", message, SourceLocation(str(own), 1), mend)


@rule("GITOPS018")
def releases_are_of_environments(context: Context) -> Iterator[Problem]:
    """A release file is named after an environment that runs in a cluster.

    Nothing reads another file, so the intended environment keeps its version. Fix the name of the file, or remove the
    file of a removed environment.
    """
    environments = context.backend.environments if context.backend else ()
    known = {context.root / "deploy" / release.path(each): each.name for each in environments if each.kubernetes}
    for path in context.tree.below(context.root / "deploy" / release.FOLDER) if context.backend else ():
        if path.suffix == ".json" and path not in known:
            message = f"no environment that runs in a cluster is named {path.stem}"
            mend = f"the environments are {', '.join(known.values()) or 'none'}"
            yield Problem("GITOPS018", message, SourceLocation(str(path), 1), mend)


RULES = (
    a_release_is_complete,
    a_version_is_the_same_everywhere,
    a_release_names_images_that_are_built,
    a_repository_is_named_without_credentials,
    a_promotion_was_tried_before,
    releases_are_of_environments,
    *source.RULES,
    *application_set.RULES,
)
