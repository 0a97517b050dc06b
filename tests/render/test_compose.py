"""Compose files: what is rendered is what was meant, as Compose itself reads it and as a reader of YAML does."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

import stead
from gateway.standing import free_port
from render.describing import ODD, backends
from stead.gateway.command import binary
from stead.model import Backend, Environment, Gateway, Health, Job, Postgres, Redis, Route, Service, Setting
from stead.render.compose.context import ComposeContext
from stead.render.compose.file import compose_file
from stead.render.compose.order import reduced
from stead.render.compose.overlay import merged
from stead.render.compose.serialization import plain
from stead.render.compose.spec import ComposeFile, ComposeService, DependsOn
from stead.render.compose.text import escaped
from stead.render.environment_alias import short
from stead.render.problem import RenderError
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
BACKENDS = ("rewards", "tigrit")
PLACES = ("dev", "stage", "prod")


def files_of(backend):
    files = generated(backend, ["compose"])
    return {path.rpartition("/")[2]: text for path, text in files.items()}


def read(text):
    return yaml.load(text, yaml.CSafeLoader)


def whole(files, place):
    return merged(read(files["compose.yaml"]), read(files[f"compose.{place}.yaml"]))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_base_and_overlay_together_are_the_whole_and_no_value_is_changed(backend):
    files = files_of(backend)
    for environment in backend.environments:
        found = whole(files, short(environment.name))
        assert found == plain(reduced(compose_file(backend, environment)))
        for service in ComposeContext(backend, environment).services:
            name = f"{service.name.upper()}_TEXT"
            meant = environment.values.get(service, service.values).get(name, service.values[name])
            assert found["services"][service.name]["environment"][name] == escaped(meant)


WELL = Health(probe=("ready", "--well"))


def test_an_only_environment_has_a_project_and_images_of_its_own():
    services = [
        Service("web", command="node main.js"),
        Service("ready", image=f"shop/ready:1@sha256:{64 * '0'}", health=WELL),
    ]
    files = files_of(Backend("shop", services=services, environments=[Environment("dev")]))
    base, dev = read(files["compose.yaml"]), read(files["compose.dev.yaml"])
    assert (base["name"], dev["name"]) == ("shop", "shop-dev")
    assert "image" not in base["services"]["web"]
    assert dev["services"]["web"]["image"] == "shop-web:${VERSION:-dev}"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(backends())
def test_two_containers_share_a_network_only_when_one_may_call_the_other(backend):
    for environment in backend.environments:
        context = ComposeContext(backend, environment)
        file = compose_file(backend, environment)
        members = {
            name: {one for one, each in file.services.items() if name in each.networks} for name in file.networks
        }
        allowed = {frozenset((context.front(caller), context.front(callee))) for caller, callee in context.calls}
        for program, sidecar in context.sidecars.items():
            inside = (program, sidecar.name, sidecar.agent)
            allowed |= {frozenset((one, two)) for one in inside for two in inside if one != two}
        allowed |= {frozenset((user.name, server)) for server in context.servers for user in context.users_of(server)}
        beside = (("postgres", "databases"), ("s3", "buckets"), ("s3", "store"))
        allowed |= {frozenset((f"{server}-{what}", server)) for server, what in beside}
        shared = {frozenset((one, two)) for each in members.values() for one in each for two in each if one != two}
        assert shared <= allowed
        assert {pair for pair in allowed if pair <= file.services.keys()} <= shared
        assert all(each.networks or each.network_mode == "none" for each in file.services.values())


def test_a_program_is_reached_through_its_proxy_alone_and_by_its_own_name():
    item = Route.service("GET", "/v1/item", "read")
    prices = Service("prices", command="./prices", routes=[item], needs=[Redis()])
    shop = Service("shop", app="shop.app:create", calls=[prices.may("read")])
    job = Job("import", command="node import.js", calls=[prices.may("read")])
    backend = Backend("b", services=[prices, shop], jobs=[job], environments=[Environment("dev")])
    file = compose_file(backend, Environment("dev"))
    program, proxy, agent = (file.services[name] for name in ("prices", "prices-proxy", "prices-proxy-agent"))
    shared = set(program.networks) - {"prices_redis"}
    assert shared == {"inside-prices"}
    inside = {name for name, each in file.services.items() if "inside-prices" in each.networks}
    assert inside == {"prices", "prices-proxy", "prices-proxy-agent"}
    assert all("prices" in proxy.aliases[name] for name in proxy.networks if name != "inside-prices")
    assert "inside-prices" not in proxy.aliases
    assert (program.ports, [port.target for port in proxy.ports]) == ((), [8000])
    assert {"prices", "prices-proxy"} <= file.services["shop"].depends_on.keys()
    assert agent.networks == ("inside-prices",), "it accepts calls from its own networks"
    assert file.services["import"].environment["PRICES_SERVICE_URL"] == "http://import-proxy:9101"
    assert file.services["import-proxy-agent"].environment["PRICES_SERVICE_URL"] == "http://prices:8000"


def test_a_worker_listens_nowhere_and_a_fixed_port_is_the_programs_own():
    worker = Service("worker", command="node worker.js", port=None)
    fixed = Service("fixed", command="gunicorn -b 0.0.0.0:80 app:app", port=80)
    named = Service("named", command="node x.js", port="HTTP_PORT")
    services = compose_file(Backend("b", services=[worker, fixed, named]), Environment("dev")).services
    assert not {"worker-proxy", "worker-proxy-agent"} & services.keys()
    assert not {"PORT", "HOST"} & services["worker"].environment.keys()
    assert services["worker"].healthcheck.test == ("CMD", "test", "-d", "/proc/1")
    assert "fixed-program:80" in services["fixed-proxy-agent"].command
    assert "127.0.0.1:80/health" in services["fixed"].healthcheck.test[-1]
    assert services["named"].environment["HTTP_PORT"] == "8000"


@pytest.mark.parametrize("command", ["node x.js", "python x.py", "./x"])
def test_a_healthcheck_by_tcp_tells_whether_somebody_listens(command):
    service = Service("x", command=command, port=free_port(), health=Health(tcp=True))
    _, *words = compose_file(Backend("b", services=[service]), Environment("dev")).services["x"].healthcheck.test
    words = [sys.executable if word == "python" else word for word in words]
    if shutil.which(words[0]):
        assert subprocess.run(words, capture_output=True, check=False).returncode == 1
        with socket.create_server(("127.0.0.1", service.port)):
            assert subprocess.run(words, capture_output=True, check=False).returncode == 0


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


def test_the_keys_of_a_program_are_its_proxys_alone():
    backend = stead.load(ROOT / "backends/polyglot")
    services = whole(files_of(backend), "prod")["services"]
    assert {mount["target"] for mount in services["orders-proxy-agent"]["secrets"]} == {
        "SERVICE_JWT_KEYS",
        "SERVICE_JWT_SECRET",
    }
    assert not {"secrets", "env_file"} & services["orders"].keys()


@pytest.mark.parametrize("name", BACKENDS)
def test_what_hardens_a_container_is_on_every_one(name):
    files = files_of(stead.load(ROOT / "backends" / name))
    for place in PLACES:
        for each in whole(files, place)["services"].values():
            assert each["read_only"] is True
            assert each["cap_drop"] == ["ALL"]
            assert each["security_opt"] == ["no-new-privileges:true"]
            assert re.fullmatch(r"\d+:\d+", each["user"])
            assert each["user"] != "0:0"
            assert all("size=" in mount for mount in each["tmpfs"])
            assert each["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
            assert each["logging"]["options"] == {"max-file": "5", "max-size": "10m"}
            assert each["ulimits"]["nofile"]
            assert each["restart"] in ("unless-stopped", "no")
            assert (each["restart"] == "no") == (each["healthcheck"] == {"disable": True})


@pytest.mark.parametrize("name", BACKENDS)
def test_only_the_gateway_is_published_outside_of_dev_and_dev_on_the_loopback_alone(name):
    backend = stead.load(ROOT / "backends" / name)
    files = files_of(backend)
    assert all("ports" not in each for each in yaml.safe_load(files["compose.yaml"])["services"].values())
    for place in PLACES:
        published = {one: each["ports"] for one, each in whole(files, place)["services"].items() if "ports" in each}
        if place == "dev":
            assert all(port["host_ip"] == "127.0.0.1" for ports in published.values() for port in ports)
        else:
            assert published.keys() == {backend.gateway.name}


@pytest.mark.parametrize("name", BACKENDS)
def test_every_image_of_others_is_by_tag_and_digest(name):
    files = files_of(stead.load(ROOT / "backends" / name))
    for each in whole(files, "prod")["services"].values():
        image = each["image"]
        assert re.search(r":[\w.-]+@sha256:[0-9a-f]{64}\}$", image) or image.startswith("${IMAGE_"), image


@pytest.mark.parametrize("name", BACKENDS)
def test_no_secret_is_in_a_file_and_each_process_is_handed_its_own(name):
    backend = stead.load(ROOT / "backends" / name)
    for environment in backend.environments:
        context = ComposeContext(backend, environment)
        secret = {wire.setting.name for wires in context.wires.values() for wire in wires if wire.setting.secret}
        for each in whole(files_of(backend), context.short)["services"].values():
            assert secret.isdisjoint(each.get("environment", {}))
            files = {path for name, path in each.get("environment", {}).items() if path and name.endswith("_FILE")}
            assert files <= {f"/run/secrets/{mount['target']}" for mount in each.get("secrets", ())}


def test_who_call_one_another_begin_without_each_other():
    file = compose_file(stead.load(ROOT / "backends/tigrit"), Environment("prod"))
    assert "game" not in file.services["auth"].depends_on
    assert "auth" not in file.services["game"].depends_on
    assert file.services["tigrit-bot"].depends_on["auth"].condition == "service_healthy"


def _waits(file):
    return {name: set(each.depends_on) for name, each in file.services.items()}


def _before(waits, name):
    """Everybody whom a service waits for, through others too."""
    return waits[name].union(*(_before(waits, other) for other in waits[name]))


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
    asking = Service("asking", app="a:b", needs=[store], calls=[calm.may()])
    places = [Environment("dev"), Environment("prod", without=[calm])]
    files = files_of(Backend("shop", services=[calm, asking], environments=places))
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


def test_what_compose_cannot_keep_is_said_all_at_once():
    postgres = Service("postgres", app="a:b")
    pinned = Service("pinned", image="x@sha256:" + "0" * 64)
    outside = Service("outside", command="node x.js", folder="../elsewhere")
    places = [Environment("staging"), Environment("stage")]
    backend = Backend("shop", services=[postgres, pinned, outside], environments=places)
    with pytest.raises(RenderError) as caught:
        generated(backend)
    codes = [problem.code for problem in caught.value.problems]
    assert sorted(codes) == ["COMPOSE001", "COMPOSE002", "COMPOSE003", "DOCKER001"]


def test_a_probe_of_an_image_is_its_healthcheck():
    pinned = Service("pinned", image="x@sha256:" + "0" * 64, health=Health(probe=("pinned", "--well")))
    file = compose_file(Backend("shop", services=[pinned]), Environment("prod"))
    assert file.services["pinned"].healthcheck.test == ("CMD", "pinned", "--well")
    assert file.services["pinned"].image == pinned.image


def test_nothing_but_s3_is_reached_of_the_s3_server():
    """Envoy itself reads what it is told."""
    keeping = Service("keeping", app="a:b", needs=[stead.Bucket(versioned=True, expire_days=30)])
    backend = Backend("shop", services=[keeping], environments=[Environment("prod")])
    file = compose_file(backend, Environment("prod"))
    assert file.services["s3-store"].networks == ("s3_s3-store",)
    assert set(file.services["keeping"].networks) & set(file.services["s3"].networks)
    assert file.services["s3-buckets"].command[-1] == "/run/secrets/keeping.BUCKET_URL:versioned:30"
    told = yaml.safe_load(files_of(backend)["s3.envoy.yaml"])
    words = [str(binary()), "--mode", "validate", "--config-yaml", json.dumps(told), "--log-level", "error"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_examples_name_every_variable_and_say_what_it_is_for():
    backend = stead.load(ROOT / "backends/tigrit")
    files = files_of(backend)
    for place in PLACES:
        example = files[f".env.{place}.example"]
        for variable in set(re.findall(r"\$\{(\w+)", files["compose.yaml"] + files[f"compose.{place}.yaml"])):
            assert re.search(rf"^# .+\n#?{variable}=", example, re.MULTILINE), (place, variable)
        assert set(re.findall(r"^#?(\w+)=", example, re.MULTILINE)) <= set(
            re.findall(r"^#?(\w+)=", files[".env.example"], re.MULTILINE)
        )


def test_the_order_of_the_first_steps_is_said_where_compose_fails():
    """In the example, and in Compose's own words for what nobody gave."""
    backend = stead.load(ROOT / "backends/tigrit")
    files = files_of(backend)
    for environment in backend.environments:
        place = short(environment.name)
        head = files[f".env.{place}.example"].split("\n\n")[0]
        steps = [
            f"Copy this to .env.{place}",
            f"stead render --secrets {environment.name}",
            "docker compose --env-file",
        ]
        assert [head.index(step) for step in steps] == sorted(head.index(step) for step in steps)
    asked = re.search(r"\$\{VERSION:\?([^}]+)\}", files["compose.prod.yaml"])[1]
    assert asked.index(".env.*.example") < asked.index("stead render --secrets") < asked.index("then Compose")


# From here on Compose itself reads the files.

COMPOSE = (
    shutil.which("docker")
    and not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
)
with_compose = pytest.mark.skipif(not COMPOSE, reason="the docker client has no compose plugin here")


def compose(folder, place, *words, also=()):
    files = ["-f", "compose.yaml", "-f", f"compose.{place}.yaml", "--env-file", "env"]
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = ["docker", "compose", *files, *also, "config", *words]
    return subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=False)


def laid_out(folder, backend, place):
    """Write the files, and an env file with everything that the example requires."""
    files = files_of(backend)
    for name, text in files.items():
        (folder / name).write_text(text)
    required = re.findall(r"^(\w+)=$", files[f".env.{place}.example"], re.MULTILINE)
    (folder / "env").write_text("".join(f"{name}=given\n" for name in required))
    return required


@with_compose
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BACKENDS)
def test_compose_takes_every_overlay(name, place, tmp_path):
    laid_out(tmp_path, stead.load(ROOT / "backends" / name), place)
    done = compose(tmp_path, place, "-q")
    assert (done.returncode, done.stderr) == (0, "")


@with_compose
def test_compose_names_each_variable_that_is_missing(tmp_path):
    required = laid_out(tmp_path, stead.load(ROOT / "backends/rewards"), "prod")
    asked = [name for name in required if not name.endswith("SECRET")]
    assert {"CLERK_ISSUER", "CLERK_JWKS_URL", "IMAGE_PYTHON", "VERSION"} == set(asked)
    for missing in asked:
        (tmp_path / "env").write_text("".join(f"{name}=given\n" for name in required if name != missing))
        done = compose(tmp_path, "prod", "-q")
        assert done.returncode != 0
        assert f"required variable {missing} is missing a value" in done.stderr


@with_compose
def test_compose_reads_every_value_as_it_was_meant(tmp_path):
    given = {f"V{number}": value for number, value in enumerate(ODD)}
    orders = Service("orders", app="a:b", settings=[Setting(name) for name in given], values=given)
    optional = Setting("MAYBE", default=None)
    asking = Service("asking", command="node x.js", settings=[optional, Setting("KEY", secret=True)])
    backend = Backend("shop", services=[orders, asking], environments=[Environment("dev")])
    laid_out(tmp_path, backend, "dev")
    with (tmp_path / "env").open("a") as env:
        env.write("MAYBE='it is $HOME'\n")
    (tmp_path / "secrets/dev").mkdir(parents=True)
    (tmp_path / "secrets/dev/asking.env").write_text("KEY='a $b'\n")
    done = compose(tmp_path, "dev", "--format", "json")
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    read = {name: text.replace("$$", "$") for name, text in services["orders"]["environment"].items() if name in given}
    assert read == given
    assert services["asking"]["environment"]["MAYBE"] == "it is $$HOME"
    assert services["asking"]["environment"]["KEY"] == "a $$b"


@with_compose
def test_compose_reads_a_description_with_everything_in_it(tmp_path):
    """One of each kind: every language, every resource, jobs, replicas."""
    ways = (
        {"app": "a:b"},
        {"command": "node m.js"},
        {"command": "java -jar a.jar"},
        {"command": "go run ./cmd"},
        {"command": "./x"},
    )
    services = [
        Service(f"w{number}", **way, needs=[Postgres(), Redis(), stead.Bucket()], replicas=2)
        for number, way in enumerate(ways)
    ]
    services.append(
        Service("front", app="a:b", routes=[Route.public("GET", "/v1/x")], calls=[each.may() for each in services])
    )
    jobs = [Job("before", entry="a:b"), Job("after", command="node j.js", runs="after")]
    backend = Backend("shop", services=services, jobs=jobs, gateway=Gateway("edge", fronts=services[-1:]))
    for place in PLACES:
        laid_out(tmp_path, backend, place)
        done = compose(tmp_path, place, "-q")
        assert "env file" in done.stderr, "the secrets of programs that read no files come in an env file of their own"
        (tmp_path / f"secrets/{short(place)}").mkdir(parents=True, exist_ok=True)
        for each in (*services, *jobs):
            (tmp_path / f"secrets/{short(place)}/{each.name}.env").write_text("")
        done = compose(tmp_path, place, "-q")
        assert (done.returncode, done.stderr) == (0, "")


@with_compose
def test_servers_may_be_elsewhere(tmp_path):
    """A service that needed one waits for it no more, and it is not started."""
    backend = stead.load(ROOT / "backends/tigrit")
    laid_out(tmp_path, backend, "prod")
    done = compose(tmp_path, "prod", "--services", also=["-f", "compose.elsewhere.yaml"])
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {
        *(each.name for each in ComposeContext(backend, backend.environment("prod")).processes),
        "gateway-agent",
    }


@pytest.mark.parametrize(("health", "period"), [(Health(), "30s"), (Health(start_period=300), "300s")])
def test_a_start_period_that_is_said_is_the_health_checks(health, period):
    service = Service("one", app="one.app:create", health=health)
    files = files_of(Backend("b", services=[service]))
    assert read(files["compose.yaml"])["services"]["one"]["healthcheck"]["start_period"] == period


def test_an_example_asks_for_a_secret_that_one_needs_and_another_can_do_without():
    needs = Service("a", command="a", settings=[Setting("TOKEN", secret=True)])
    spares = Service("b", command="b", settings=[Setting("TOKEN", secret=True, default=None)])
    for services in ([needs, spares], [spares, needs]):
        rendered = files_of(Backend("shop", services=services, environments=[Environment("prod")]))
        assert "\nTOKEN=" in rendered[".env.prod.example"]
