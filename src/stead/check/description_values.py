"""What the description says of its values: the problems of `stead.model`'s bounds, names and types, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("BACKEND006")
def fields_hold_what_they_are_for(context: Context) -> Iterator[Problem]:
    """Each field of a description holds a value of its type.

    A string where an object belongs (`calls=["stock"]`) has no meaning: references are objects, so that an editor
    detects a wrong name. Write the form in the message, such as `calls=[stock.may("reserve")]`.
    """
    yield from context.problems_of("BACKEND006")


@rule("CALL006")
def callees_are_services(context: Context) -> Iterator[Problem]:
    """A call names a Service, or a function that returns one.

    `Call(lambda: game, …)` is called after the import of the whole file. A name that is undefined then is a typing
    mistake, or a local variable of a function. Name the service that is defined in the same file.
    """
    yield from context.problems_of("CALL006")


@rule("SERVICE002")
def replicas_can_run(context: Context) -> Iterator[Problem]:
    """A service has from 1 to 1000 replicas.

    With 0 or less it does not run, and its callers wait for it. To leave a service out of an environment, write
    `Environment("staging", without=(service,))`: that is reported, and its callers are not given its URL.
    """
    yield from context.problems_of("SERVICE002")


@rule("SERVICE004")
def ports_are_usable(context: Context) -> Iterator[Problem]:
    """A program's port is a setting or a number from 1 to 65535, or None for a worker.

    `port="HTTP_PORT"` names the variable with the port; `port=8080` is for a program with a fixed port. Stead starts an
    app and sets its port: omit `port`.
    """
    yield from context.problems_of("SERVICE004")


@rule("SERVICE005")
def workers_are_not_called(context: Context) -> Iterator[Problem]:
    """A worker, which has `port=None`, has no routes and no callers.

    It does not listen, so each call would fail. Give it a port, or remove the routes and the calls.
    """
    yield from context.problems_of("SERVICE005")


@rule("SERVICE006")
def static_folders_are_plain(context: Context) -> Iterator[Problem]:
    """Static files are in a folder below the backend.py, such as `web/dist`.

    Everything in it is public. The folder of the backend.py would publish the description, and a folder outside is in
    no image. Write the output folder of the front end's build.
    """
    yield from context.problems_of("SERVICE006")


@rule("SERVICE007")
def static_files_are_only_read(context: Context) -> Iterator[Problem]:
    """A front end of static files has GET routes, and neither calls, needs nor a `folder`.

    A front end calls services from the browser, through the gateway: a page has no service token. Move everything else
    to a service that the browser calls.
    """
    yield from context.problems_of("SERVICE007")


@rule("SERVICE008")
def egress_is_addresses(context: Context) -> Iterator[Problem]:
    """The `egress` of a service is a list of hosts with ports, not of URLs.

    A proxy and a network policy know hosts and ports; a path or a scheme in their place would match nothing. Write
    `egress=["api.example.com:443"]`.
    """
    yield from context.problems_of("SERVICE008")


@rule("SERVICE009")
def only_programs_sign_by_themselves(context: Context) -> Iterator[Problem]:
    """Only a command, an image or a build has `signs=True`.

    What Stead starts signs its calls with its own key, and the guard of a Worker signs for it, so the option has no
    effect. Remove it.
    """
    yield from context.problems_of("SERVICE009")


@rule("JOB002")
def schedules_are_due(context: Context) -> Iterator[Problem]:
    """A job has one valid schedule that is due on some day.

    `every="5m"` is a number and s, m, h or d; `cron="0 3 * * mon-fri"` has five fields. A day such as 30 February never
    comes: the job would wait forever, without any message. Correct the schedule.
    """
    yield from context.problems_of("JOB002")


@rule("JOB001")
def jobs_run_at_a_known_time(context: Context) -> Iterator[Problem]:
    """A job runs `before`, `after` or `beside` the services.

    With another word the time of the run would be undefined. Write one of the three.
    """
    yield from context.problems_of("JOB001")


@rule("LIMIT001")
def limits_leave_something(context: Context) -> Iterator[Problem]:
    """Limits allow a process to run: CPU, at least 8 MiB of memory, at least one process.

    `memory` is in MiB and `cpus` in cores. A limit of nothing is refused by Docker or means "no limit" there, and in
    Kubernetes the process is killed at its start. Write what the process needs.
    """
    yield from context.problems_of("LIMIT001")


@rule("LIMIT002")
def requests_can_be_held(context: Context) -> Iterator[Problem]:
    """Request limits admit ordinary requests, and fit in the gateway's memory.

    `body` is in bytes, from 1 to 1 GiB: the gateway holds a body in memory until it is complete. `headers` is a number
    from 10 to 1000, and `header_bytes` from 1 KiB to 4 MiB; with less a browser's ordinary request is refused with 431.
    Write the sizes that the service needs; send larger uploads directly to a bucket.
    """
    yield from context.problems_of("LIMIT002")


RULES = (
    fields_hold_what_they_are_for,
    callees_are_services,
    replicas_can_run,
    ports_are_usable,
    workers_are_not_called,
    static_folders_are_plain,
    static_files_are_only_read,
    egress_is_addresses,
    only_programs_sign_by_themselves,
    schedules_are_due,
    jobs_run_at_a_known_time,
    limits_leave_something,
    requests_can_be_held,
)
