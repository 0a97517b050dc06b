"""What the description says of its values: the problems of `stead.model`'s bounds, names and types, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


def _problems_of(context: Context, code: str) -> Iterator[Problem]:
    return (problem for problem in context.problems if problem.code == code)


@rule("BACKEND006")
def fields_hold_what_they_are_for(context: Context) -> Iterator[Problem]:
    """Each field of a description holds a value of its type.

    A string where an object belongs (`calls=["stock"]`) means nothing: references are objects, so that a wrong name is
    found in the editor. Write what the problem names, such as `calls=[stock.may("reserve")]`.
    """
    yield from _problems_of(context, "BACKEND006")


@rule("CALL006")
def callees_are_services(context: Context) -> Iterator[Problem]:
    """A call is to a Service, and the function that names a later one can be called.

    `Call(lambda: game, …)` is called when the whole file was read. A name that is not there by then is a typing
    mistake, or a variable of a function. Name the service that is defined in the same file.
    """
    yield from _problems_of(context, "CALL006")


@rule("SERVICE002")
def replicas_can_run(context: Context) -> Iterator[Problem]:
    """A service has from 1 to 1000 replicas.

    With 0 or less nothing runs, and its callers wait for it. To leave a service out of an environment, write
    `Environment("staging", without=(service,))`: that is reported, and its callers are not given its URL.
    """
    yield from _problems_of(context, "SERVICE002")


@rule("SERVICE004")
def ports_are_usable(context: Context) -> Iterator[Problem]:
    """A program is told its port by a setting, has one from 1 to 65535, or is a worker that has none.

    `port="HTTP_PORT"` names the variable in which it finds the port; `port=8080` is for one that listens there whatever
    it is told. An app is started by Stead, which tells it where to listen: leave the port out.
    """
    yield from _problems_of(context, "SERVICE004")


@rule("SERVICE005")
def workers_are_not_called(context: Context) -> Iterator[Problem]:
    """A worker, which has `port=None`, has no routes, and nobody calls it.

    It listens nowhere, so each call would end in an error. Give it a port, or take the routes and the calls away.
    """
    yield from _problems_of(context, "SERVICE005")


@rule("SERVICE006")
def static_folders_are_plain(context: Context) -> Iterator[Problem]:
    """Static files are in a folder below the backend.py, such as `web/dist`.

    Everything in it can be read by everyone. The folder of the backend.py would show the description itself, and a
    folder outside of it is in no image. Write the folder that the front end's build writes.
    """
    yield from _problems_of(context, "SERVICE006")


@rule("SERVICE007")
def static_files_are_only_read(context: Context) -> Iterator[Problem]:
    """A front end of static files has GET routes, and neither calls, needs nor a `folder`.

    What a front end calls, it calls from the browser, through the gateway: no service token is in a page. Move what is
    more than files to a service that the browser asks.
    """
    yield from _problems_of(context, "SERVICE007")


@rule("ROUTE008")
def bodies_are_sizes(context: Context) -> Iterator[Problem]:
    """A route's `body` is a number of bytes or a size such as `50MiB`; a WebSocket has none, and is a plain GET.

    A size that cannot be read would be no limit. A WebSocket begins as a GET (RFC 6455 section 4.1), and streams by
    itself. Correct the route.
    """
    yield from _problems_of(context, "ROUTE008")


@rule("JOB002")
def schedules_are_due(context: Context) -> Iterator[Problem]:
    """A job has one schedule, which can be read and is due some day.

    `every="5m"` is a number and s, m, h or d; `cron="0 3 * * mon-fri"` has five fields. A day that no month has, such
    as 30 February, never comes: the job would wait for ever, and nothing would say so. Correct the schedule.
    """
    yield from _problems_of(context, "JOB002")


@rule("JOB001")
def jobs_run_at_a_known_time(context: Context) -> Iterator[Problem]:
    """A job runs `before`, `after` or `beside` the services.

    Any other word would leave open when it runs, and each target would decide by itself. Write one of the three.
    """
    yield from _problems_of(context, "JOB001")


@rule("LIMIT001")
def limits_leave_something(context: Context) -> Iterator[Problem]:
    """Limits leave a process something to run with: CPU, at least 8 MiB of memory, at least one process.

    `memory` is in MiB and `cpus` in cores. A limit of nothing is refused by Docker or means "no limit" there, and in
    Kubernetes the process is killed at its start. Write what the process needs.
    """
    yield from _problems_of(context, "LIMIT001")


@rule("LIMIT002")
def requests_can_be_held(context: Context) -> Iterator[Problem]:
    """Request limits let some request in, and none that a gateway cannot hold.

    `body` is in bytes, from 1 to 1 GiB: the gateway holds a body in memory until it is complete. `headers` is a number
    from 10 to 1000, and `header_bytes` from 1 KiB to 4 MiB; with less a browser's ordinary request is refused with 431.
    Write what the service really takes; a larger upload goes straight to a bucket.
    """
    yield from _problems_of(context, "LIMIT002")


@rule("ROUTE005")
def timeouts_can_be_kept(context: Context) -> Iterator[Problem]:
    """A route's timeout is from 0.01 to 3600 seconds.

    In Envoy a timeout of 0 means to wait for ever, so that one slow service holds all connections; a negative one is
    refused. Write how long an answer may take.
    """
    yield from _problems_of(context, "ROUTE005")


@rule("ROUTE006")
def methods_are_known(context: Context) -> Iterator[Problem]:
    """A route's method is one of GET, POST, PUT, PATCH, DELETE, ANY, and its access one of public, user, service.

    Methods are case-sensitive (RFC 9110 section 9.1): a route of `get` matches no request, and every GET gets 405.
    Write the method in upper case.
    """
    yield from _problems_of(context, "ROUTE006")


@rule("ROUTE007")
def words_fit_in_tokens(context: Context) -> Iterator[Problem]:
    """The operation, the roles and the scope of a route are single words, and no operation is `front`.

    They are written into tokens, whose claims separate them by spaces: a word with a space in it is two, and nobody
    has them. `front` is what the gateway's token says; a service that grants it lets a caller be any user. Use letters,
    digits, `-`, `_` and `.`.
    """
    yield from _problems_of(context, "ROUTE007")


@rule("GATEWAY004")
def rates_let_some_in(context: Context) -> Iterator[Problem]:
    """The gateway's rate is at least one request a second and at least one at once.

    A rate of 0 refuses everybody with 429, and Envoy refuses the configuration. Write what one client needs.
    """
    yield from _problems_of(context, "GATEWAY004")


@rule("GATEWAY005")
def origins_are_named(context: Context) -> Iterator[Problem]:
    """A CORS origin is a scheme and a host that is yours: `https://app.example.com`, `https://*.example.com`.

    `*` lets a script of any site ask with a user's token and read the answer; browsers refuse it beside credentials
    (Fetch standard, CORS protocol and credentials). An origin has no path and no trailing slash: with one it matches
    nothing. Name each site.
    """
    yield from _problems_of(context, "GATEWAY005")


@rule("GATEWAY006")
def providers_can_be_asked(context: Context) -> Iterator[Problem]:
    """The paths, the prefix and the claim that an identity provider names are plain.

    They are written into Envoy's configuration as they are. A path starts with a slash and has no query; a prefix has
    letters, digits and `_`. Write the plain form.
    """
    yield from _problems_of(context, "GATEWAY006")


@rule("GATEWAY007")
def tokens_name_an_audience(context: Context) -> Iterator[Problem]:
    """An OpenID Connect provider says whose tokens are believed, for whom, and how they are signed.

    Without an audience a token for any other client of the same provider would be believed; an issuer that is no
    https: URL lets anyone on the way put other keys in its place; two providers of one name would share their settings.
    Say `Oidc("https://id.example.com/realms/shop", audience="shop")`, and a `name` where there are two.
    """
    yield from _problems_of(context, "GATEWAY007")


@rule("GATEWAY008")
def prefixes_are_plain(context: Context) -> Iterator[Problem]:
    """The gateway's prefix is an absolute, plain path.

    It stands before each path outside and is stripped, so it is text, but for the whole segment `{service}`. Write it
    like `/rest/{service}`, without a trailing slash.
    """
    yield from _problems_of(context, "GATEWAY008")


@rule("GATEWAY009")
def engines_are_known(context: Context) -> Iterator[Problem]:
    """The gateway's engine is one that Stead renders for.

    It is `envoy`, everywhere; `oathkeeper` renders configuration and access rules for an Ory Oathkeeper in front of it.
    """
    yield from _problems_of(context, "GATEWAY009")


@rule("SETTING004")
def addresses_have_env_names(context: Context) -> Iterator[Problem]:
    """The setting of a resource, or of a callee's address, is a name of an environment variable.

    Shells, Compose and Kubernetes refuse other names or drop them in silence (POSIX, Base Definitions 8.1). Write it
    in upper case with underscores: letters, digits and `_`, no digit first.
    """
    yield from _problems_of(context, "SETTING004")


@rule("RESOURCE002")
def objects_expire_later(context: Context) -> Iterator[Problem]:
    """A bucket keeps its objects for one day at least.

    S3 counts `expire_days` in whole days from 1; 0 or less is refused when the rule is set, after the bucket was made.
    Write a number of days, or leave it out to keep objects for ever.
    """
    yield from _problems_of(context, "RESOURCE002")


@rule("RESOURCE003")
def externals_are_found(context: Context) -> Iterator[Problem]:
    """What runs elsewhere has a name and an address with host and port.

    A process waits until something listens at the address, and a network policy lets it out to there: both need a host
    and a port. Write `host:port`, several with commas between, or a URL, for environments of this backend.
    """
    yield from _problems_of(context, "RESOURCE003")


@rule("RESOURCE004")
def externals_hold_no_credential(context: Context) -> Iterator[Problem]:
    """The address of what runs elsewhere holds no credential.

    A description is committed, and what is committed is known. Say `secret=True`, leave the address out, and give it
    through the environment, an env file that git does not track, or a secret store; then renew the credential.
    """
    yield from _problems_of(context, "RESOURCE004")


@rule("HEALTH002")
def health_paths_are_plain(context: Context) -> Iterator[Problem]:
    """A health path is a plain absolute path, such as `/healthz`.

    It is written into health checks of Compose and Kubernetes, into the gateway and into URLs. A quote or a space
    there ends a string too early, and the service never becomes healthy. Write it without.
    """
    yield from _problems_of(context, "HEALTH002")


@rule("HEALTH003")
def starts_get_time(context: Context) -> Iterator[Problem]:
    """A start period is from 1 to 3600 seconds.

    With 0 or less every start is a failure, and the service is stopped before it listens; Docker refuses a negative
    one. With more than an hour a service that never comes up is never reported. Write how long a slow start takes.
    """
    yield from _problems_of(context, "HEALTH003")


@rule("ENVIRONMENT002")
def environments_have_names_of_their_own(context: Context) -> Iterator[Problem]:
    """No two environments of a backend have the same name.

    Their files would overwrite each other, and `--env prod` would mean either. Rename one of them.
    """
    yield from _problems_of(context, "ENVIRONMENT002")


@rule("ENVIRONMENT003")
def environments_have_replicas_that_run(context: Context) -> Iterator[Problem]:
    """An environment says from 1 to 1000 replicas of a service.

    With 0 nothing runs, and nothing says so. To leave a service out, write `without=(service,)`.
    """
    yield from _problems_of(context, "ENVIRONMENT003")


@rule("ENVIRONMENT004")
def environments_name_services_of_the_backend(context: Context) -> Iterator[Problem]:
    """An environment gives values and replicas to services of this backend only.

    Those of another service change nothing. Add the service to the backend, or remove it from the environment.
    """
    yield from _problems_of(context, "ENVIRONMENT004")


RULES = (
    fields_hold_what_they_are_for,
    callees_are_services,
    replicas_can_run,
    ports_are_usable,
    workers_are_not_called,
    static_folders_are_plain,
    static_files_are_only_read,
    schedules_are_due,
    bodies_are_sizes,
    jobs_run_at_a_known_time,
    limits_leave_something,
    requests_can_be_held,
    timeouts_can_be_kept,
    methods_are_known,
    words_fit_in_tokens,
    rates_let_some_in,
    origins_are_named,
    providers_can_be_asked,
    tokens_name_an_audience,
    prefixes_are_plain,
    engines_are_known,
    addresses_have_env_names,
    objects_expire_later,
    externals_are_found,
    externals_hold_no_credential,
    health_paths_are_plain,
    starts_get_time,
    environments_have_names_of_their_own,
    environments_have_replicas_that_run,
    environments_name_services_of_the_backend,
)
