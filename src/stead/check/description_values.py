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

    A string where an object belongs (`calls=["stock"]`) means nothing: references are objects, so that a wrong name is
    found in the editor. Write what the problem names, such as `calls=[stock.may("reserve")]`.
    """
    yield from context.problems_of("BACKEND006")


@rule("CALL006")
def callees_are_services(context: Context) -> Iterator[Problem]:
    """A call is to a Service, and the function that names a later one can be called.

    `Call(lambda: game, …)` is called when the whole file was read. A name that is not there by then is a typing
    mistake, or a variable of a function. Name the service that is defined in the same file.
    """
    yield from context.problems_of("CALL006")


@rule("SERVICE002")
def replicas_can_run(context: Context) -> Iterator[Problem]:
    """A service has from 1 to 1000 replicas.

    With 0 or less nothing runs, and its callers wait for it. To leave a service out of an environment, write
    `Environment("staging", without=(service,))`: that is reported, and its callers are not given its URL.
    """
    yield from context.problems_of("SERVICE002")


@rule("SERVICE004")
def ports_are_usable(context: Context) -> Iterator[Problem]:
    """A program is given its port by a setting, has one from 1 to 65535, or is a worker that has none.

    `port="HTTP_PORT"` names the variable in which it finds the port; `port=8080` is for one that listens there whatever
    it is told. An app is started by Stead, which tells it where to listen: leave the port out.
    """
    yield from context.problems_of("SERVICE004")


@rule("SERVICE005")
def workers_are_not_called(context: Context) -> Iterator[Problem]:
    """A worker, which has `port=None`, has no routes, and nobody calls it.

    It listens nowhere, so each call would end in an error. Give it a port, or take the routes and the calls away.
    """
    yield from context.problems_of("SERVICE005")


@rule("SERVICE006")
def static_folders_are_plain(context: Context) -> Iterator[Problem]:
    """Static files are in a folder below the backend.py, such as `web/dist`.

    Everything in it can be read by everyone. The folder of the backend.py would show the description itself, and a
    folder outside of it is in no image. Write the folder that the front end's build writes.
    """
    yield from context.problems_of("SERVICE006")


@rule("SERVICE007")
def static_files_are_only_read(context: Context) -> Iterator[Problem]:
    """A front end of static files has GET routes, and neither calls, needs nor a `folder`.

    What a front end calls, it calls from the browser, through the gateway: no service token is in a page. Move what is
    more than files to a service that the browser asks.
    """
    yield from context.problems_of("SERVICE007")


@rule("SERVICE008")
def egress_is_addresses(context: Context) -> Iterator[Problem]:
    """What a service reaches outside is hosts, each with a port, and no URL.

    A proxy and a network policy know hosts and ports; a path or a scheme in their place would match nothing. Write
    `egress=["api.example.com:443"]`.
    """
    yield from context.problems_of("SERVICE008")


@rule("SERVICE009")
def only_programs_sign_by_themselves(context: Context) -> Iterator[Problem]:
    """Only a program in any language says `signs=True`.

    What Stead starts signs its calls with its own key, and the guard of a Worker signs for it, so that the word would
    change nothing. Leave it out.
    """
    yield from context.problems_of("SERVICE009")


@rule("JOB002")
def schedules_are_due(context: Context) -> Iterator[Problem]:
    """A job has one schedule, which can be read and is due some day.

    `every="5m"` is a number and s, m, h or d; `cron="0 3 * * mon-fri"` has five fields. A day that no month has, such
    as 30 February, never comes: the job would wait forever, and nothing would say so. Correct the schedule.
    """
    yield from context.problems_of("JOB002")


@rule("JOB001")
def jobs_run_at_a_known_time(context: Context) -> Iterator[Problem]:
    """A job runs `before`, `after` or `beside` the services.

    Any other word would leave open when it runs, and each target would decide by itself. Write one of the three.
    """
    yield from context.problems_of("JOB001")


@rule("LIMIT001")
def limits_leave_something(context: Context) -> Iterator[Problem]:
    """Limits leave a process something to run with: CPU, at least 8 MiB of memory, at least one process.

    `memory` is in MiB and `cpus` in cores. A limit of nothing is refused by Docker or means "no limit" there, and in
    Kubernetes the process is killed at its start. Write what the process needs.
    """
    yield from context.problems_of("LIMIT001")


@rule("LIMIT002")
def requests_can_be_held(context: Context) -> Iterator[Problem]:
    """Request limits let some request in, and none that a gateway cannot hold.

    `body` is in bytes, from 1 to 1 GiB: the gateway holds a body in memory until it is complete. `headers` is a number
    from 10 to 1000, and `header_bytes` from 1 KiB to 4 MiB; with less a browser's ordinary request is refused with 431.
    Write what the service really takes; a larger upload goes straight to a bucket.
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
