"""Images: what runs tomorrow is what was tried today, because its name says exactly which one it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.image.built import built_here
from stead.check.one_cause import groups, more
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

COMMIT = re.compile(r"[0-9a-f]{40}")
VERSION = re.compile(r"v?\d+(?:\.\d+)*(?:[-+.][\w.]+)?")
NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")
VARIABLE = re.compile(r"\$\{?\w*")
GITHUBS = ("actions/", "github/")
DEFAULT = re.compile(r"\$\{\w+:?-([^{}]*)\}")


class Name(NamedTuple):
    """The parts of an image's name; `tag` and `digest` are empty where it has none."""

    repository: str
    tag: str
    digest: str


def parted(text: str) -> Name:
    """Take an image's name apart; a variable's default stands for it."""
    whole, _, digest = DEFAULT.sub(lambda found: found[1], text).partition("@")
    path, colon, tag = whole.rpartition(":")
    if not colon or "/" in tag:
        path, tag = whole, ""
    repository = path.removeprefix("docker.io/").removeprefix("library/")
    return Name(repository, tag, digest)


@rule("IMAGE010")
def images_have_a_tag(context: Context) -> Iterator[Problem]:
    """An image has a tag, and it is not `latest`.

    `latest` is the image that was pushed last: the same commit may run different programs. The rule covers Compose,
    Dockerfiles, Kubernetes, charts and CI. Name the tested version, or the digest if a publisher has no versions. One
    image is one finding, in all its places. The rule skips an image that is built from this repository (by Compose,
    Skaffold, Tilt or `docker build -t`), or whose version a kustomization sets. Reported only with `--strict`: images
    that only tests, examples and documents name, and an image without a tag that has the name of a folder with a
    Dockerfile.
    """
    built = context.once(built_here)
    folders = {path.parent.name for path in context.tree.named("Dockerfile")}
    loose: dict[tuple[str, str, bool], list[SourceLocation]] = {}
    for file, at, name in _named(context, "from", "image", "docker"):
        if not name.digest and name.tag in ("", "latest") and not VARIABLE.search(name.repository):
            own = not name.tag and name.repository.rpartition("/")[2] in folders
            sure = not (own or context.tree.is_sample(file))
            loose.setdefault((name.repository, name.tag, sure), []).append(place(file, at))
    for (repository, tag, sure), every in loose.items():
        for places in groups(context, "IMAGE010", every, itself) if repository not in built else ():
            reference = f"{repository} has {'latest' if tag else 'no tag'}"
            message = f"{reference}, so the image can change{more(places)}"
            mend = f"write {repository}:<version>, or its digest"
            yield Problem("IMAGE010", message, places[0], mend, places[1] if places[1:] else None, sure=sure)


def itself(place: SourceLocation) -> SourceLocation:
    return place


@rule("IMAGE011", severity="warning", sure=False)
def images_have_a_digest(context: Context) -> Iterator[Problem]:
    """An image is named by its digest, next to its tag.

    A tag can be overwritten, by its owner or by an attacker with the owner's account; a digest identifies the content.
    Dependabot and Renovate keep both up to date. `docker buildx imagetools inspect` prints the digest.
    """
    built = context.once(built_here)
    for file, at, name in _named(context, "from", "image", "docker"):
        if name.repository in built:
            continue
        if not name.digest and name.tag not in ("", "latest") and not VARIABLE.search(name.repository + name.tag):
            mend = f"append the digest of {name.repository}:{name.tag}: @sha256:…"
            yield Problem("IMAGE011", f"{name.repository}:{name.tag} has no digest", place(file, at), mend)


@rule("IMAGE012")
def base_arguments_have_a_default(context: Context) -> Iterator[Problem]:
    """An ARG in a `FROM` has a default.

    Without one, the build fails on each machine that does not pass it, and the repository does not name the base image.
    Give the ARG a default before the first FROM. The rule accepts a value in the `args` of a Compose file's build.
    """
    given = {at.text for _, at in context.each("sets") if at.more == "args"}
    for file, at in context.each("images"):
        variable = VARIABLE.search(at.text) if at.more == "from" else None
        name = variable[0].strip("${") if variable else ""
        if name and name not in given:
            message = f"this image starts from {at.text}, and the ARG {name} has no default"
            yield Problem("IMAGE012", message, place(file, at), f"write ARG {name}=<image> before the first FROM")


@rule("IMAGE013", severity="warning")
def actions_are_pinned(context: Context) -> Iterator[Problem]:
    """An action is pinned to a commit, with its version as a comment.

    A tag such as `v4` can be moved, also by an attacker; the action runs with the workflow's token and secrets. Write
    the 40 digits of the commit, then the version: `actions/checkout@<commit> # v4.2.2`. Dependabot updates both. One
    action is one finding, in all its places; GitHub's own (`actions/…`) are reported with `--strict`.
    """
    tagged: dict[tuple[str, str], list[SourceLocation]] = {}
    for file, at, action, revision in _actions(context):
        if VERSION.fullmatch(revision) and not COMMIT.fullmatch(revision):
            tagged.setdefault((action, revision), []).append(place(file, at))
    for (action, revision), every in tagged.items():
        for places in groups(context, "IMAGE013", every, itself):
            message = f"{action} is named by the tag {revision}, which can be moved{more(places)}"
            mend = f"write {action}@<commit> # {revision}"
            also = places[1] if len(places) > 1 else None
            yield Problem("IMAGE013", message, places[0], mend, also, sure=not action.startswith(GITHUBS))


@rule("IMAGE014")
def actions_are_not_branches(context: Context) -> Iterator[Problem]:
    """An action is not named by a branch, and not without a revision.

    The next push to `main` runs with the workflow's token and secrets. Write the commit.
    """
    for file, at, action, revision in _actions(context):
        if not VERSION.fullmatch(revision) and not COMMIT.fullmatch(revision):
            reference = f"the branch {revision}" if revision else "no revision"
            message = f"{action} is named by {reference}"
            yield Problem("IMAGE014", message, place(file, at), f"write {action}@<commit> # <version>")


@rule("IMAGE015", severity="warning")
def copied_images_have_a_digest(context: Context) -> Iterator[Problem]:
    """An image that a Dockerfile copies from is named by its digest.

    `COPY --from=<image>` copies a program from it into yours, and no scanner inspects that image. Write the tag and the
    digest. With a tag, this is reported with `--strict`.
    """
    for file, at, name in _named(context, "copy"):
        if not name.digest and not VARIABLE.search(at.text):
            mend = f"write {name.repository}:{name.tag or '<version>'}@sha256:…"
            message, loose = f"this copies from {at.text} without a digest", name.tag in ("", "latest")
            yield Problem("IMAGE015", message, place(file, at), mend, sure=loose)


@rule("IMAGE016", severity="warning")
def one_image_has_one_version(context: Context) -> Iterator[Problem]:
    """An image that runs in two places has one version: the database of CI equals the database of Compose.

    Tests that pass against PostgreSQL 15 prove little for production's 16. The rule compares images that run, not base
    images, with the precision of both: `16` and `16.3` agree. It does not compare two projects in separate folders. Use
    the same version in both.
    """
    first: dict[str, list[tuple[str, Path, SourceLocation]]] = {}
    for file, at, name in _named(context, "image", "docker"):
        numbers = NUMBERS.match(name.tag)
        if not numbers:
            continue
        known, home = first.setdefault(name.repository, []), _home(file)
        near = next((each for each in known if home.is_relative_to(each[1]) or each[1].is_relative_to(home)), None)
        if near is None:
            known.append((numbers[1], home, place(file, at)))
        elif not _agree(near[0], numbers[1]):
            message = f"{name.repository} runs as {numbers[1]} here and as {near[0]} there"
            yield Problem("IMAGE016", message, place(file, at), "use the same version in both", near[2])


def _home(file: Path) -> Path:
    """Return the folder of the project that a file is of: a workflow is for the whole repository."""
    return next((folder.parent for folder in file.parents if folder.name == ".github"), file.parent)


def _agree(one: str, other: str) -> bool:
    return all(mine == theirs for mine, theirs in zip(one.split("."), other.split("."), strict=False))


def _named(context: Context, *where: str) -> Iterator[tuple[Path, At, Name]]:
    for file, at in context.each("images"):
        if at.more in where:
            yield file, at, parted(at.text)


def _actions(context: Context) -> Iterator[tuple[Path, At, str, str]]:
    for file, at in context.everywhere("images"):
        if at.more == "uses":
            action, _, revision = at.text.partition("@")
            yield file, at, action, revision


RULES = (
    images_have_a_tag,
    images_have_a_digest,
    base_arguments_have_a_default,
    actions_are_pinned,
    actions_are_not_branches,
    copied_images_have_a_digest,
    one_image_has_one_version,
)
