"""What the description says of its settings, resources and environments: the problems of `stead.model`, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("ENVIRONMENT001")
def environments_leave_out_what_is_there(context: Context) -> Iterator[Problem]:
    """An environment leaves out services of this backend only.

    Another object in `without` has no effect, so the intended service still runs. Name the service object of this
    backend, or remove it.
    """
    yield from context.problems_of("ENVIRONMENT001")


@rule("ENVIRONMENT002")
def environments_have_names_of_their_own(context: Context) -> Iterator[Problem]:
    """No two environments of a backend have the same name.

    Their files would overwrite each other, and `--env prod` would mean either. Rename one of them.
    """
    yield from context.problems_of("ENVIRONMENT002")


@rule("ENVIRONMENT003")
def environments_have_replicas_that_run(context: Context) -> Iterator[Problem]:
    """An environment gives a service from 1 to 1000 replicas.

    With 0 the service does not run, without any message. To leave a service out, write `without=(service,)`.
    """
    yield from context.problems_of("ENVIRONMENT003")


@rule("ENVIRONMENT004")
def environments_name_services_of_the_backend(context: Context) -> Iterator[Problem]:
    """An environment gives values and replicas to services of this backend only.

    Those of another service have no effect. Add the service to the backend, or remove it from the environment.
    """
    yield from context.problems_of("ENVIRONMENT004")


@rule("HEALTH001")
def health_depends_on_what_is_needed(context: Context) -> Iterator[Problem]:
    """Health depends only on resources that the service needs.

    A service gets no address of a resource that is not in `needs`, so it cannot test it. Add the resource to `needs`,
    or remove it from `depends_on`.
    """
    yield from context.problems_of("HEALTH001")


@rule("HEALTH002")
def health_paths_are_plain(context: Context) -> Iterator[Problem]:
    """A health path is a plain absolute path, such as `/healthz`.

    It is written into health checks of Compose and Kubernetes, into the gateway and into URLs. A quote or a space
    there ends a string too early, and the service never becomes healthy. Write it without.
    """
    yield from context.problems_of("HEALTH002")


@rule("HEALTH003")
def starts_get_time(context: Context) -> Iterator[Problem]:
    """A start period is from 1 to 3600 seconds.

    With 0 or less every start is a failure, and the service is stopped before it listens; Docker refuses a negative
    one. With more than an hour a failed start is reported too late. Write the seconds of a slow start.
    """
    yield from context.problems_of("HEALTH003")


@rule("HEALTH004")
def grpc_health_can_be_asked(context: Context) -> Iterator[Problem]:
    """Health by gRPC belongs to a program that listens, and excludes the other kinds of probe.

    An app that Stead serves answers `/health` over HTTP, and a worker without a port cannot answer. Of two probes one
    would be ignored silently. Keep one of `grpc`, `tcp` and `probe`.
    """
    yield from context.problems_of("HEALTH004")


@rule("RESOURCE001")
def resources_are_found_in_settings_of_their_own(context: Context) -> Iterator[Problem]:
    """Two resources of one process have different settings.

    One variable holds one URL: with two databases in `DATABASE_URL`, one of them would not be used. Give the second its
    own setting: `Postgres("ARCHIVE_URL")`.
    """
    yield from context.problems_of("RESOURCE001")


@rule("RESOURCE002")
def objects_expire_later(context: Context) -> Iterator[Problem]:
    """A bucket keeps its objects for at least one day.

    S3 counts `expire_days` in whole days from 1; 0 or less is refused when the lifecycle is set, after the bucket was
    created. Write a number of days, or omit it to keep objects forever.
    """
    yield from context.problems_of("RESOURCE002")


@rule("RESOURCE003")
def externals_are_found(context: Context) -> Iterator[Problem]:
    """An external server has a name and an address with host and port.

    A process waits until something listens at the address, and a network policy allows the connection: both need a host
    and a port. Write `host:port`, several with commas between, or a URL, for environments of this backend.
    """
    yield from context.problems_of("RESOURCE003")


@rule("RESOURCE004")
def externals_hold_no_credential(context: Context) -> Iterator[Problem]:
    """The address of an external server holds no credential.

    A description is committed, and every reader of the repository would know it. Write `secret=True`, omit the address,
    and set it in the environment, in an env file that git ignores, or in a secret store; then replace the credential.
    """
    yield from context.problems_of("RESOURCE004")


@rule("RESOURCE005")
def parts_of_resources_are_known(context: Context) -> Iterator[Problem]:
    """A part of a resource exists in its kind of URL.

    A program that reads no URL gets its parts, each in a variable that `parts` names: the host, the password, a JDBC
    URL. A part that this kind of URL does not have would be in no variable. Write one of the parts in the message.
    """
    yield from context.problems_of("RESOURCE005")


@rule("SETTING001")
def settings_agree(context: Context) -> Iterator[Problem]:
    """A setting has the same type in every process, and is a secret in all or in none.

    An environment has one value for a name. Two services that read it as different things cannot both be right, and a
    value that one process shows is not secret for the other. Give both the same type, or rename one.
    """
    yield from context.problems_of("SETTING001")


@rule("SETTING002")
def environments_set_what_is_declared(context: Context) -> Iterator[Problem]:
    """An environment gives a value only to a setting that the service has.

    A misspelt name would have no effect, without any message. Declare the setting, or fix its name.
    """
    yield from context.problems_of("SETTING002")


@rule("SETTING003", shown=False)
def environments_hold_no_secret(context: Context) -> Iterator[Problem]:
    """An environment gives no value to a secret.

    A description is committed, and every reader of the repository would know it. Set the value in the environment, in
    an env file that git ignores, or in a secret store; then replace it, since it was in a file.
    """
    yield from context.problems_of("SETTING003")


@rule("SETTING004")
def addresses_have_env_names(context: Context) -> Iterator[Problem]:
    """The setting of a resource, or of a callee's address, is a valid name of an environment variable.

    Shells, Compose and Kubernetes refuse other names or drop them silently (POSIX, Base Definitions 8.1). Write it
    in upper case with underscores: letters, digits and `_`, no digit first.
    """
    yield from context.problems_of("SETTING004")


@rule("SETTING005")
def hosts_are_reached(context: Context) -> Iterator[Problem]:
    """A var with the host name of another service refers to an app that runs in the environment and that the process
    calls.

    Only a declared call opens the network between two processes: without it the name does not resolve, or the
    connection times out. The proxy of a command or an image forwards only HTTP.
    """
    yield from context.problems_of("SETTING005")


RULES = (
    environments_leave_out_what_is_there,
    environments_have_names_of_their_own,
    environments_have_replicas_that_run,
    environments_name_services_of_the_backend,
    health_depends_on_what_is_needed,
    health_paths_are_plain,
    starts_get_time,
    grpc_health_can_be_asked,
    resources_are_found_in_settings_of_their_own,
    objects_expire_later,
    externals_are_found,
    externals_hold_no_credential,
    parts_of_resources_are_known,
    settings_agree,
    environments_set_what_is_declared,
    environments_hold_no_secret,
    addresses_have_env_names,
    hosts_are_reached,
)
