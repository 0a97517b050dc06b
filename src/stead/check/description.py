"""What the description says of itself: each problem of the model as a rule, with its page.

The model finds these while a description is loaded (`stead.model.validation`, `stead.model.load`), since every command
must refuse what cannot be meant. Here they get a page, a place among the findings, and can be selected like others.
"""

from collections.abc import Iterator

from stead.check import description_pipeline, description_values, description_workers
from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


def _problems_of(context: Context, code: str) -> Iterator[Problem]:
    return (problem for problem in context.problems if problem.code == code)


@rule("BACKEND001")
def there_is_a_description(context: Context) -> Iterator[Problem]:
    """There is a backend.py.

    Everything is derived from it. Name the folder that holds one, or the file itself; write one where there is none.
    """
    yield from _problems_of(context, "BACKEND001")


@rule("BACKEND002")
def it_imports(context: Context) -> Iterator[Problem]:
    """The description is Python, and importing it raises nothing.

    What it raises is shown with the lines that led there, those of the description only. A description that asks its
    environment or the network fails on the next machine: give such a value to a setting instead, where it is resolved
    late.
    """
    yield from _problems_of(context, "BACKEND002")


@rule("BACKEND003")
def it_defines_a_backend(context: Context) -> Iterator[Problem]:
    """The description has a `backend`, and it is a Backend.

    Commands look for that one name. Write `backend = Backend("name", services=[…])` at the top level of the file.
    """
    yield from _problems_of(context, "BACKEND003")


@rule("BACKEND004")
def it_is_quick(context: Context) -> Iterator[Problem]:
    """The description is there within ten seconds.

    Every command imports it, also the one that a hook runs before each commit. It says what a backend is; computing
    something long, waiting, or asking a network belongs to a program. The line is where it was interrupted.
    """
    yield from _problems_of(context, "BACKEND004")


@rule("BACKEND005", severity="warning")
def it_prints_nothing(context: Context) -> Iterator[Problem]:
    """The description prints nothing.

    Every command imports it, and what it prints would stand in their output: in the JSON of `stead status --json`, in
    the picture of `stead graph`. Remove the print.
    """
    yield from _problems_of(context, "BACKEND005")


@rule("NAME001")
def names_are_labels(context: Context) -> Iterator[Problem]:
    """A name is a DNS label: lower-case letters, digits and hyphens, a letter first, 63 at most.

    It becomes a host name, the subject of a token, a label of metrics, the name of an object in Kubernetes. Rename it
    here, before it is in all of those.
    """
    yield from _problems_of(context, "NAME001")


@rule("NAME002")
def names_are_unique(context: Context) -> Iterator[Problem]:
    """No two processes of a backend have the same name.

    Two of one name would share a host name, and each could sign as the other. Rename one of them.
    """
    yield from _problems_of(context, "NAME002")


@rule("NAME003")
def names_are_not_taken(context: Context) -> Iterator[Problem]:
    """No process is called `service-proxy` or `service-proxy-agent`.

    These are the proxy in front of all commands on one machine, and its agent; their status and their logs have these
    names. Rename the process.
    """
    yield from _problems_of(context, "NAME003")


@rule("SERVICE001")
def services_start_in_one_way(context: Context) -> Iterator[Problem]:
    """A service starts in exactly one way: an app, a command, an image, a build, a Worker or static files.

    With two ways it would be one program on a laptop and another in production; with none there is nothing to run.
    Keep the one that is meant. A command may be beside an image, whose entrypoint it replaces, and beside a build, in
    whose place it starts on this machine.
    """
    yield from _problems_of(context, "SERVICE001")


@rule("SERVICE003")
def arguments_have_an_image(context: Context) -> Iterator[Problem]:
    """Only an image, or what a Dockerfile builds, is given `args`.

    They replace what the image says that its entrypoint is given. A command has its arguments in itself, and would be
    started without these. Put the words into `command`.
    """
    yield from _problems_of(context, "SERVICE003")


@rule("CALL001")
def callees_are_in_the_backend(context: Context) -> Iterator[Problem]:
    """Who is called is in the backend.

    A service that is made but not listed does not run, and its callers would get no URL for it. Add it to the
    backend's services, or remove the call.
    """
    yield from _problems_of(context, "CALL001")


@rule("CALL002")
def operations_are_offered(context: Context) -> Iterator[Problem]:
    """A call names operations that the callee offers.

    The operation is what the caller's token allows. One that no route names would be granted and never used, and the
    request that was meant would be refused with 403. Name one that the callee's routes have.
    """
    yield from _problems_of(context, "CALL002")


@rule("CALL003")
def callees_are_found_in_settings_of_their_own(context: Context) -> Iterator[Problem]:
    """Two callees of one caller are found in two settings.

    A callee's URL is in a setting that is named after it: `points-service` is found in `POINTS_SERVICE_URL`. Two names
    that differ in `-service` only would be the same setting. Rename one, or say `addresses` on the caller.
    """
    yield from _problems_of(context, "CALL003")


@rule("CALL004")
def only_a_gateway_fronts(context: Context) -> Iterator[Problem]:
    """Nobody but a gateway brings in requests from outside.

    The operation `front` lets a request pass as the user who made it. In the hands of a service it would let that
    service be any user. Name one of the callee's own operations.
    """
    yield from _problems_of(context, "CALL004")


@rule("CALL005")
def keys_are_held(context: Context) -> Iterator[Problem]:
    """A call asks for keys that the callee holds.

    A call to a service that hands out secrets by name is narrowed to some names. A name that is not there is a grant
    of nothing. Add it to what the service holds, or fix the name.
    """
    yield from _problems_of(context, "CALL005")


@rule("ROUTE001")
def routes_do_not_overlap(context: Context) -> Iterator[Problem]:
    """No request could be meant for two routes, neither inside a service nor at the gateway.

    Which of the two gets it would depend on an order that nobody wrote down. Change one of the paths.
    """
    yield from _problems_of(context, "ROUTE001")


@rule("ROUTE002")
def outer_routes_are_fronted(context: Context) -> Iterator[Problem]:
    """A public or user route can be reached: the gateway fronts its service.

    A route that is for the outside and has no way in is either forgotten at the gateway or not for the outside. Add
    the service to `fronts`, or make the route one for services.
    """
    yield from _problems_of(context, "ROUTE002")


@rule("ROUTE003")
def paths_are_plain(context: Context) -> Iterator[Problem]:
    """A route's path starts with a slash and has nothing that a proxy would change.

    Empty parts, `.` and `..`, `?`, `#`, `*` and `%` are read differently by different servers, and a difference between
    the gateway and the service behind it is a hole. Write the plain path; a variable part is `{name}`, and all that is
    left is `{name:path}`, at the end. A slash at the end makes another path.
    """
    yield from _problems_of(context, "ROUTE003")


@rule("ROUTE004")
def service_routes_name_an_operation(context: Context) -> Iterator[Problem]:
    """A route for services names its operation.

    A call is declared and granted by operation, so a route without one could be called by nobody. Say `operation=…`.
    """
    yield from _problems_of(context, "ROUTE004")


@rule("GATEWAY001")
def users_have_a_provider(context: Context) -> Iterator[Problem]:
    """A gateway that fronts routes for users knows who says who is a user.

    Without an identity provider nobody could ever be let in. Give the gateway one: `users=Clerk()`.
    """
    yield from _problems_of(context, "GATEWAY001")


@rule("GATEWAY002")
def fronts_are_named_once(context: Context) -> Iterator[Problem]:
    """The gateway fronts each service once.

    The second mention adds nothing, and suggests that another service was meant. Name it once.
    """
    yield from _problems_of(context, "GATEWAY002")


@rule("GATEWAY003")
def introspected_credentials_have_a_prefix(context: Context) -> Iterator[Problem]:
    """A credential that is looked up has a prefix by which it is told apart.

    Without one the gateway would have to ask about every token of every provider. Say `prefix="pat_"`.
    """
    yield from _problems_of(context, "GATEWAY003")


@rule("SETTING001")
def settings_agree(context: Context) -> Iterator[Problem]:
    """A setting has one type, whoever declares it, and is a secret for all or for none.

    An environment has one value for a name. Two services that read it as different things cannot both be right, and a
    value that one of them shows is no secret of the other. Give both the same type, or one of them another name.
    """
    yield from _problems_of(context, "SETTING001")


@rule("SETTING002")
def environments_set_what_is_declared(context: Context) -> Iterator[Problem]:
    """An environment gives a value only to a setting that the service has.

    A misspelt name would change nothing, in production only, with nobody told. Declare the setting, or fix its name.
    """
    yield from _problems_of(context, "SETTING002")


@rule("SETTING003", shown=False)
def environments_hold_no_secret(context: Context) -> Iterator[Problem]:
    """An environment gives no value to a secret.

    A description is committed, and what is committed is known. Give the value through the environment, an env file
    that git does not track, or a secret store; then renew it, since it was in a file.
    """
    yield from _problems_of(context, "SETTING003")


@rule("RESOURCE001")
def resources_are_found_in_settings_of_their_own(context: Context) -> Iterator[Problem]:
    """Two resources of one process are found in two settings.

    One variable holds one URL: with two databases in `DATABASE_URL`, one of them would never be opened. Give the
    second a setting of its own: `Postgres("ARCHIVE_URL")`.
    """
    yield from _problems_of(context, "RESOURCE001")


@rule("RESOURCE005")
def parts_of_resources_are_known(context: Context) -> Iterator[Problem]:
    """A part of a resource is a form that its URL has.

    A program that reads no URL gets its parts, each in a variable that `parts` names: the host, the password, a JDBC
    URL. A part that no URL of this kind has would be in no variable, and the program would find nothing. Write one of
    those that the message names.
    """
    yield from _problems_of(context, "RESOURCE005")


@rule("HEALTH001")
def health_depends_on_what_is_needed(context: Context) -> Iterator[Problem]:
    """Health depends on resources that the service needs.

    A service is not given the address of a resource that it does not need, so it could not ask it. Add the resource to
    `needs`, or take it out of `depends_on`.
    """
    yield from _problems_of(context, "HEALTH001")


@rule("ENVIRONMENT001")
def environments_leave_out_what_is_there(context: Context) -> Iterator[Problem]:
    """An environment leaves out services of this backend only.

    Leaving out something else changes nothing, so what was meant still runs. Name the service object of this backend,
    or remove it.
    """
    yield from _problems_of(context, "ENVIRONMENT001")


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
    routes_do_not_overlap,
    outer_routes_are_fronted,
    paths_are_plain,
    service_routes_name_an_operation,
    users_have_a_provider,
    fronts_are_named_once,
    introspected_credentials_have_a_prefix,
    settings_agree,
    environments_set_what_is_declared,
    environments_hold_no_secret,
    resources_are_found_in_settings_of_their_own,
    parts_of_resources_are_known,
    health_depends_on_what_is_needed,
    environments_leave_out_what_is_there,
    *description_values.RULES,
    *description_pipeline.RULES,
    *description_workers.RULES,
)
