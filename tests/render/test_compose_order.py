"""The order in Compose: who waits for whom, and the jobs."""

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings

import stead
from render.compose_files import PLACES, ROOT, files_of, read, whole
from render.describing import backends
from stead.model import Backend, Environment, Gateway, Job, Postgres, Redis, Service
from stead.render.compose.file import compose_file
from stead.render.compose.order import reduced
from stead.render.compose.overlay import merged
from stead.render.compose.spec import ComposeFile, ComposeService, DependsOn
from stead.render.problem import RenderError


def _waits(file):
    return {name: set(each.depends_on) for name, each in file.services.items()}


def _before(waits, name):
    """Everybody whom a service waits for, through others too."""
    return waits[name].union(*(_before(waits, other) for other in waits[name]))


def test_who_call_one_another_begin_without_each_other():
    file = compose_file(stead.load(ROOT / "backends/tigrit"), Environment("prod"))
    assert "game" not in file.services["auth"].depends_on
    assert "auth" not in file.services["game"].depends_on
    assert file.services["tigrit-bot"].depends_on["auth"].condition == "service_healthy"


def test_only_the_edges_that_no_others_imply_are_written():
    """25 services, each of which calls the three before it, and all of which need a database."""
    services = []
    for number in range(25):
        calls = [each.may() for each in services[-3:]]
        services.append(Service(f"w{number}", app="a:b", needs=[Postgres()], calls=calls))
    gateway = Gateway("edge", fronts=[])
    backend = Backend("shop", services=services, gateway=gateway, environments=[Environment("prod")])
    written = whole(files_of(backend), "prod")["services"]
    for number in range(1, 25):
        assert set(written[f"w{number}"]["depends_on"]) == {f"w{number - 1}"}
    assert set(written["w0"]["depends_on"]) == {"postgres-databases"}


def test_an_edge_that_says_more_than_the_way_around_it_stays():
    def waiting(**on):
        depends_on = {name: DependsOn(*condition) for name, condition in on.items()}
        return ComposeService(image="x", depends_on=depends_on)

    started, healthy = ("service_started",), ("service_healthy",)
    services = {
        "base": waiting(),
        "middle": waiting(base=started),
        "asks_more": waiting(middle=started, base=healthy),
        "asks_less": waiting(asks_more=healthy, base=started),
        "restarted": waiting(middle=healthy, base=("service_started", True)),
    }
    assert _waits(reduced(ComposeFile("x", "prod", services))) == {
        "base": set(),
        "middle": {"base"},
        "asks_more": {"middle", "base"},
        "asks_less": {"asks_more"},
        "restarted": {"middle", "base"},
    }


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_the_order_is_the_same_without_them(backend):
    for environment in backend.environments:
        file = compose_file(backend, environment)
        full, few = _waits(file), _waits(reduced(file))
        assert all(_before(few, name) == _before(full, name) for name in full)


def test_every_job_is_awaited_as_what_is_run_once():
    """`up --wait` takes a container that has ended for a failure, unless another one waits until it is done."""
    work = Service("work", app="a:b", needs=[Postgres(), stead.Bucket()])
    jobs = [Job(runs, entry="a:f", runs=runs) for runs in ("before", "after", "beside")]
    files = files_of(Backend("shop", services=[work], jobs=jobs))
    for place in PLACES:
        services = whole(files, place)["services"]
        once = {name for name, each in services.items() if each["restart"] == "no"}
        waits = [each.get("depends_on", {}).items() for each in services.values()]
        done = {name for on in waits for name, how in on if how["condition"] == "service_completed_successfully"}
        assert once == done == {"before", "after", "beside", "postgres-databases", "s3-buckets"}
        assert services["jobs-done"]["network_mode"] == "none"
    assert "jobs-done" not in read(files_of(Backend("shop", services=[work]))["compose.yaml"])["services"]


def test_with_servers_elsewhere_nobody_waits_for_one_in_any_environment():
    store = Postgres()
    calm = Service("calm", app="a:b", needs=[store])
    caller = Service("asking", app="a:b", needs=[store], calls=[calm.may()])
    places = [Environment("dev"), Environment("prod", without=[calm])]
    files = files_of(Backend("shop", services=[calm, caller], environments=places))
    for place in ("dev", "prod"):
        both = merged(whole(files, place), read(files["compose.elsewhere.yaml"]))["services"]
        waits = both["asking"]["depends_on"]
        assert all(waits[name]["required"] is False for name in waits if "profiles" in both[name])


def test_jobs_run_in_their_order():
    work = Service("work", app="a:b", needs=[Postgres()])
    jobs = [
        Job("first", entry="a:f", needs=[Redis()]),
        Job("last", entry="a:l", runs="after"),
        Job("by", entry="a:b", runs="beside"),
    ]
    services = compose_file(Backend("shop", services=[work], jobs=jobs), Environment("prod")).services
    waits = {name: {other: on.condition for other, on in each.depends_on.items()} for name, each in services.items()}
    assert waits["work"] == {
        "first": "service_completed_successfully",
        "postgres": "service_healthy",
        "postgres-databases": "service_completed_successfully",
    }
    assert waits["first"] == {"redis": "service_healthy"}
    assert waits["last"] == {"work": "service_healthy"}
    assert waits["by"] == {}
    assert services["first"].command == ("stead.kit.run_job", "a:f")


def test_a_job_with_a_schedule_waits_runs_and_waits_again():
    jobs = [
        Job("tick", entry="a:f", cron="0 3 * * *", timezone="Europe/Berlin"),
        Job("tock", command="node x.js", every="5m"),
    ]
    services = compose_file(Backend("b", services=[], jobs=jobs), Environment("prod")).services
    assert "jobs-done" not in services
    assert services["tick"].command == (
        *("stead.kit.run_schedule", "a:f", "--cron", "0 3 * * *", "--timezone", "Europe/Berlin"),
    )
    shell, flag, loop, *words = services["tock"].entrypoint
    assert (shell, flag, words) == ("bash", "-c", ["300", "node", "x.js"])
    words = ["bash", "-c", loop, "0.1", "bash", "-c", "echo ran; exit 3"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert [run.stdout.readline(), run.stdout.readline()] == ["ran\n", "ran\n"]
        assert run.stderr.readline() == "the run ended with exit status 3\n"
        run.terminate()
        run.communicate(timeout=5)
    assert run.returncode == 0
    cron = Job("cron", command="node x.js", cron="@daily")
    with pytest.raises(RenderError, match="Compose cannot run cron by cron"):
        files_of(Backend("b", jobs=[cron]))
