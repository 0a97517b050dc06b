"""What the description says of its pipelines and its registry: the problems of `stead.model`, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("BACKEND007")
def the_registry_is_one(context: Context) -> Iterator[Problem]:
    """A registry is a host with an optional path.

    Every image's name begins with it: `ghcr.io/example` makes `ghcr.io/example/shop-orders`. No registry accepts a
    scheme, a tag or a capital letter in a name. Docker Hub's host is `docker.io`.
    """
    yield from context.problems_of("BACKEND007")


@rule("PIPELINE001")
def images_have_a_registry(context: Context) -> Iterator[Problem]:
    """A pipeline that builds images has a registry to push them to.

    Without one it would build images that nobody can pull. Add `registry="ghcr.io/<owner>"` to the Backend. A pipeline
    that ships to Cloudflare alone builds no images, and needs none.
    """
    yield from context.problems_of("PIPELINE001")


@rule("PIPELINE002")
def pipelines_have_usable_values(context: Context) -> Iterator[Problem]:
    """The branch, the platforms, the commands, the paths and the file of a pipeline are well-formed.

    Each is written into YAML or into a script. A command is one line without expressions: values of the forge are in
    its environment. A platform is `linux/amd64`, a file `ci-images.yml`.
    """
    yield from context.problems_of("PIPELINE002")


@rule("PIPELINE003")
def deploys_go_somewhere(context: Context) -> Iterator[Problem]:
    """A deploy names an environment of this backend, once, and a supported target.

    `Deploy(staging)` names the Environment object itself, which must be in `environments=[…]`. It goes to `compose`,
    `kubernetes`, `gitops` or `workers`, on each `push` to the default branch or on each `tag`.
    """
    yield from context.problems_of("PIPELINE003")


@rule("PIPELINE004")
def urls_are_of_processes(context: Context) -> Iterator[Problem]:
    """The URLs of a deploy belong to its gateway and services, and are HTTP URLs.

    The smoke test requests the deployed version from them. It ignores a process of another backend, and a URL needs a
    scheme.
    """
    yield from context.problems_of("PIPELINE004")


@rule("PIPELINE005")
def pipelines_have_files_of_their_own(context: Context) -> Iterator[Problem]:
    """No two pipelines of a backend write the same file.

    The second would overwrite the first. Give one of them another name: `Github(file="ci-images.yml")`.
    """
    yield from context.problems_of("PIPELINE005")


RULES = (
    the_registry_is_one,
    images_have_a_registry,
    pipelines_have_usable_values,
    deploys_go_somewhere,
    urls_are_of_processes,
    pipelines_have_files_of_their_own,
)
