"""Programs that Stead did not make, as a newcomer describes them: what is rendered of each, or the error and its mend.

Those that have to run are in tests/run (`test_kinds`, `test_startup`, `test_leftover`, `test_foreign_app`,
`test_resource_parts`) and tests/end_to_end/test_polyglot.py.
"""

import json
import textwrap

import pytest

import stead
from stead.gateway.deployment import Socket
from stead.model.problem import DescriptionError
from stead.render.compose.context import ComposeContext
from stead.render.compose.process import service as in_compose
from stead.render.docker import dockerfiles, problems
from stead.render.docker.dockerfile import written

ROUTES = 'routes=[Route.public("GET", "/orders")]'


@pytest.fixture
def shop(tmp_path):
    """Write files and a description of services beside them, and load it."""

    def make(services, rest="", **files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_json", ".json").replace("_py", ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        body = f"""
            from stead import *
            backend = Backend("shop", services=[{services}], environments=[Environment("dev")], {rest})
        """
        (tmp_path / "backend.py").write_text(textwrap.dedent(body))
        return stead.load(tmp_path)

    return make


def image(backend, name):
    return written(next(file for file in dockerfiles(backend) if file.name == name))


def compose(backend, name):
    context = ComposeContext(backend, backend.environments[0])
    return in_compose(context, next(each for each in backend.services if each.name == name))


NODE = f'Service("orders", command="node main.js", folder="orders", {ROUTES})'


def test_node_without_a_lock_file_is_refused_by_the_name_of_the_lock_file_as_soon_as_it_needs_one(shop):
    needs = json.dumps({"name": "orders", "dependencies": {"left-pad": "1.3.0"}})
    [problem] = problems(shop(NODE, orders__package_json=needs))
    assert "lock" in f"{problem.message} {problem.mend}"


def test_node_without_dependencies_copies_nothing_that_is_not_there(shop):
    backend = shop(NODE, orders__package_json='{"name": "orders"}')
    said = [f"{each.message} {each.mend}" for each in problems(backend)]
    assert all("lock" in each for each in said)
    assert not any(name in image(backend, "orders") for name in ("pyproject.toml", "uv.lock"))


def test_dotnet_without_a_project_is_an_error_that_names_build(shop):
    said = [f"{each.message} {each.mend}" for each in problems(shop('Service("worker", command="dotnet run")'))]
    assert said
    assert all("build=" in each for each in said)


def test_an_unknown_runtime_is_refused_with_build_as_the_way_out(shop):
    [problem] = problems(shop('Service("game", command="erl -noshell")'))
    assert problem.code == "DOCKER002"
    assert "set build=" in problem.mend
    assert problem.place.line > 1


def test_gunicorn_on_port_80_is_probed_and_reached_on_80(shop):
    backend = shop(f'Service("web", command="gunicorn -b 0.0.0.0:80 app:app", {ROUTES})', app_py="", requirements="x")
    assert ":80/" in " ".join(compose(backend, "web").healthcheck.test)
    context = ComposeContext(backend, backend.environments[0])
    assert context.sidecars["web"].program == Socket("web-program", 80)


@pytest.mark.parametrize(
    ("command", "port"),
    [
        ("serve --port 8081", 8081),
        ("rails server -p 3000", 3000),
        ("java -jar app.jar --server.port=8082", 8082),
        ("php -S 0.0.0.0:8083", 8083),
        ("uvicorn main:app", "PORT"),
        ("node main.js --port $PORT", "PORT"),
    ],
)
def test_a_port_that_a_command_names_is_the_programs(shop, command, port):
    [service] = shop(f'Service("web", command="{command}")').services
    assert service.port == port


def test_uvicorn_in_a_folder_starts_in_that_folder(shop):
    backend = shop(
        'Service("py", command="uvicorn main:app", folder="apps/py")',
        apps__py__main_py="app = None",
    )
    text = image(backend, "py")
    assert "apps/py" in text
    assert "pyproject.toml" not in text


def test_a_worker_that_never_listens_is_healthy_while_it_lives(shop):
    backend = shop('Service("worker", command="node worker.js", port=None)', worker_js="")
    worker = compose(backend, "worker")
    assert worker.healthcheck.test == ("CMD", "test", "-d", "/proc/1")
    assert worker.ports == ()


def test_a_front_end_takes_the_root_and_every_path_that_is_left(shop):
    routes = 'routes=[Route.public("GET", "/"), Route.public("GET", "/{path:path}")]'
    [web] = shop(f'Service("web", command="node web.js", {routes})').services
    assert [str(route) for route in web.routes] == ["GET /", "GET /{path:path}"]


@pytest.mark.parametrize(
    ("jobs", "code", "said"),
    [
        ('Job("report", command="true", cron="0 0 30 2 *")', "JOB002", "it is never due"),
        ('Job("report", command="true", every="soon")', "JOB002", "is not an interval"),
        (
            'Job("report", command="true", every="5m"), Job("report", command="true", every="1h")',
            "NAME",
            "report",
        ),
    ],
)
def test_a_schedule_that_never_fires_and_two_of_one_name_are_refused_at_their_line(shop, jobs, code, said):
    with pytest.raises(DescriptionError) as refused:
        shop('Service("web", command="node web.js")', f"jobs=[{jobs}]")
    problem = next(each for each in refused.value.problems if each.code.startswith(code))
    assert said in problem.message
    assert problem.mend
    assert problem.place.file.endswith("backend.py")


def test_a_dockerfile_that_is_not_there_is_named_before_any_build(shop):
    [problem] = [each for each in problems(shop('Service("web", build="./web")')) if each.code == "DOCKER004"]
    assert "Dockerfile" in problem.message
