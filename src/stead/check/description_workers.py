"""What the description says of Workers: each problem of the model as a rule, with its page."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("WORKER001")
def worker_paths_are_plain(context: Context) -> Iterator[Problem]:
    """A Worker is named by a plain path, relative to the backend.py.

    The path is written into configurations of wrangler and into imports, and is the same on every machine. Write the
    folder that has the `src/index.ts`, such as `worker="apps/orders"`, or the entry itself.
    """
    yield from context.problems_of("WORKER001")


@rule("WORKER002")
def worker_sources_are_of_the_backend(context: Context) -> Iterator[Problem]:
    """A source replaces a service of this backend that is not a Worker itself.

    A source of another service would never be deployed, and a second one for a Worker is ambiguous. Add the service to
    the backend, or remove the source.
    """
    yield from context.problems_of("WORKER002")


@rule("WORKER003")
def accounts_have_an_id(context: Context) -> Iterator[Problem]:
    """A Cloudflare account is named by its id, and the compatibility date is a day.

    wrangler takes the id, 32 hexadecimal digits, and not the account's name. Without one it takes
    `CLOUDFLARE_ACCOUNT_ID` from the environment. The date fixes the behaviour of the runtime.
    """
    yield from context.problems_of("WORKER003")


@rule("WORKER004")
def worker_names_are_short(context: Context) -> Iterator[Problem]:
    """A Worker's name has at most 54 characters.

    It is the first label of its address on workers.dev, and previews put more before it. The name is made of the
    backend's, the service's and the environment's: shorten one of them.
    """
    yield from context.problems_of("WORKER004")


@rule("WORKER005")
def images_are_no_workers(context: Context) -> Iterator[Problem]:
    """An environment that is deployed to Workers has no service that is a third-party image or a folder of static
    files.

    Cloudflare runs images of its own registry only, and serves static files by Pages. Name a Worker that replaces the
    service there, in `Workers(sources={…})`, or leave the service out of the environment.
    """
    yield from context.problems_of("WORKER005")


@rule("WORKER006")
def providers_are_known_to_workers(context: Context) -> Iterator[Problem]:
    """The gateway's Worker can recognise the users of each identity provider.

    It verifies Clerk's session tokens and signed access tokens, and asks about opaque ones. Users of another provider
    would all be refused. Use one of these, or deploy the environment to another target.
    """
    yield from context.problems_of("WORKER006")


RULES = (
    worker_paths_are_plain,
    worker_sources_are_of_the_backend,
    accounts_have_an_id,
    worker_names_are_short,
    images_are_no_workers,
    providers_are_known_to_workers,
)
