"""What the description says of its pipelines and its registry: the problems of `stead.model`, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("BACKEND007")
def the_registry_is_one(context: Context) -> Iterator[Problem]:
    """A registry is a host, and perhaps a path in it.

    Every image's name begins with it: `ghcr.io/example` makes `ghcr.io/example/shop-orders`. A scheme, a tag or a
    capital letter makes a name that no registry takes. Docker Hub's host is `docker.io`.
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
    """The branch, the platforms, the commands, the paths and the file of a pipeline are such.

    Each is written into YAML or into a script. A command is one line without expressions: what the forge knows is given
    to it by its environment. A platform is `linux/amd64`, a file `ci-images.yml`.
    """
    yield from context.problems_of("PIPELINE002")


@rule("PIPELINE003")
def deploys_go_somewhere(context: Context) -> Iterator[Problem]:
    """A deploy is to an environment of this backend, once, in a way that is known.

    `Deploy(staging)` names the Environment object itself, which must be in `environments=[…]`. It goes to `compose`,
    `kubernetes`, `gitops` or `workers`, on each `push` to the default branch or on each `tag`.
    """
    yield from context.problems_of("PIPELINE003")


@rule("PIPELINE004")
def urls_are_of_processes(context: Context) -> Iterator[Problem]:
    """The URLs of a deploy are of its gateway and services, and are addresses over HTTP.

    The smoke test asks them for the version that was deployed. A process of another backend is never asked, and a URL
    without a scheme is none.
    """
    yield from context.problems_of("PIPELINE004")


@rule("PIPELINE005")
def pipelines_have_files_of_their_own(context: Context) -> Iterator[Problem]:
    """No two pipelines of a backend write the same file.

    The second would be all that is left. Give one of them another name: `Github(file="ci-images.yml")`.
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
