"""What the description says of itself: each problem of the model as a rule, with its page.

The model finds these while a description is loaded (`stead.model.validation`, `stead.model.load`), since every command
must refuse what cannot be meant. Here they get a page, a place among the findings, and can be selected like others.
"""

from collections.abc import Iterator

from stead.check import (
    description_pipeline,
    description_resources,
    description_routes,
    description_values,
    description_workers,
)
from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("BACKEND001")
def there_is_a_description(context: Context) -> Iterator[Problem]:
    """There is a backend.py.

    Everything is derived from it. Give its folder or the file itself; create one with `stead new` or `stead adopt`.
    """
    yield from context.problems_of("BACKEND001")


@rule("BACKEND002")
def it_imports(context: Context) -> Iterator[Problem]:
    """The description is Python, and importing it raises nothing.

    The error is shown with its lines in the description. A description that reads the environment or the network fails
    on other machines: use a setting for such a value, which is resolved later.
    """
    yield from context.problems_of("BACKEND002")


@rule("BACKEND003")
def it_defines_a_backend(context: Context) -> Iterator[Problem]:
    """The description has a `backend`, and it is a Backend.

    Commands look for that one name. Write `backend = Backend("name", services=[…])` at the top level of the file.
    """
    yield from context.problems_of("BACKEND003")


@rule("BACKEND004")
def it_is_quick(context: Context) -> Iterator[Problem]:
    """The import of the description takes less than ten seconds.

    Every command imports it, also the hook before each commit. Long computations, waits and network requests belong in
    a program. The finding names the line that was interrupted.
    """
    yield from context.problems_of("BACKEND004")


@rule("BACKEND005", severity="warning")
def it_prints_nothing(context: Context) -> Iterator[Problem]:
    """The description prints nothing.

    Every command imports it, so its output would be mixed into theirs: the JSON of `stead status --json`, the picture
    of `stead graph`. Remove the print.
    """
    yield from context.problems_of("BACKEND005")


@rule("NAME001")
def names_are_labels(context: Context) -> Iterator[Problem]:
    """A name is a DNS label: lower-case letters, digits and hyphens, a letter first, 63 at most.

    It becomes a host name, the subject of a token, a label of metrics, the name of an object in Kubernetes. Rename it.
    """
    yield from context.problems_of("NAME001")


@rule("NAME002")
def names_are_unique(context: Context) -> Iterator[Problem]:
    """No two processes of a backend have the same name.

    Two processes with one name would share a host name, and each could sign as the other. Rename one of them.
    """
    yield from context.problems_of("NAME002")


@rule("NAME003")
def names_are_not_taken(context: Context) -> Iterator[Problem]:
    """No process is called `service-proxy` or `service-proxy-agent`.

    These names belong to the proxy in front of all commands on one machine, and to its agent. Rename the process.
    """
    yield from context.problems_of("NAME003")


@rule("SERVICE001")
def services_start_in_one_way(context: Context) -> Iterator[Problem]:
    """A service starts in exactly one way: an app, a command, an image, a build, a Worker or static files.

    With two, a laptop and production could run different programs; with none there is nothing to run. Keep one. A
    command may be beside an image, whose entrypoint it replaces, and beside a build, in whose place it starts on this
    machine.
    """
    yield from context.problems_of("SERVICE001")


@rule("SERVICE003")
def arguments_have_an_image(context: Context) -> Iterator[Problem]:
    """Only an image, or a Dockerfile's build, has `args`.

    They replace the image's CMD. A command contains its arguments, and would be started without these. Add the words to
    `command`.
    """
    yield from context.problems_of("SERVICE003")


@rule("CALL001")
def callees_are_in_the_backend(context: Context) -> Iterator[Problem]:
    """A callee is a service of the backend.

    A service that is not in the backend's list does not run, and its callers get no URL for it. Add it to the
    backend's services, or remove the call.
    """
    yield from context.problems_of("CALL001")


@rule("CALL002")
def operations_are_offered(context: Context) -> Iterator[Problem]:
    """A call names operations that the callee offers.

    The operation is what the caller's token allows. A permission for an operation without a route is useless, and the
    intended request gets 403. Name an operation of the callee's routes.
    """
    yield from context.problems_of("CALL002")


@rule("CALL003")
def callees_are_found_in_settings_of_their_own(context: Context) -> Iterator[Problem]:
    """Two callees of one caller have different settings.

    A callee's URL is in a setting that is named after it: `points-service` is in `POINTS_SERVICE_URL`. Two names that
    differ only in `-service` have the same setting. Rename one, or set `addresses` on the caller.
    """
    yield from context.problems_of("CALL003")


@rule("CALL004")
def only_a_gateway_fronts(context: Context) -> Iterator[Problem]:
    """Only a gateway has the operation `front`.

    It forwards a request with the identity of its user. With it a service could act as any user. Name one of the
    callee's own operations.
    """
    yield from context.problems_of("CALL004")


@rule("CALL005")
def keys_are_held(context: Context) -> Iterator[Problem]:
    """A call names keys that the callee has.

    A call to a service that hands out secrets by name is limited to some names. A name that the service does not have
    grants nothing. Add the key to the service, or fix the name.
    """
    yield from context.problems_of("CALL005")


RULES = (
    there_is_a_description,
    it_imports,
    it_defines_a_backend,
    it_is_quick,
    it_prints_nothing,
    names_are_labels,
    names_are_unique,
    names_are_not_taken,
    services_start_in_one_way,
    arguments_have_an_image,
    callees_are_in_the_backend,
    operations_are_offered,
    callees_are_found_in_settings_of_their_own,
    only_a_gateway_fronts,
    keys_are_held,
    *description_values.RULES,
    *description_routes.RULES,
    *description_resources.RULES,
    *description_pipeline.RULES,
    *description_workers.RULES,
)
