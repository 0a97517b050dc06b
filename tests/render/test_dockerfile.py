"""What a Dockerfile makes of a command in another language; tests/containers builds and runs them."""

import shlex

import pytest

from stead.model import Backend, Environment, Service
from stead.render.docker import dockerfiles, go
from stead.render.docker.dockerfile import written


@pytest.mark.parametrize(
    ("command", "build", "arguments"),
    [
        ("go run ./cmd/orders", "./cmd/orders", ""),
        ("go run", ".", ""),
        ("go run . -v", ".", "-v"),
        ("go run main.go more.go first.txt", "main.go more.go", "first.txt"),
        ("go run -race -tags one,two ./cmd/orders -v x", "-race -tags one,two ./cmd/orders", "-v x"),
        ("go run -ldflags '-s -w' ./cmd/orders", "-ldflags '-s -w' ./cmd/orders", ""),
        ("go run -tags=one ./cmd/orders", "-tags=one ./cmd/orders", ""),
    ],
)
def test_go_run_is_go_build_and_a_start(command, build, arguments):
    assert go.built(tuple(shlex.split(command))) == (tuple(shlex.split(build)), tuple(shlex.split(arguments)))


def text_of(command):
    service = Service("orders", command=command, folder="orders")
    return written(program_of(Backend("shop", services=[service], environments=[Environment("dev")])))


def program_of(backend):
    [file] = [file for file in dockerfiles(backend) if file.name == "orders"]
    return file


def test_words_of_go_are_words_for_the_shell_too():
    text = text_of("go run -ldflags '-X main.name=$(id)' ./cmd/orders")
    assert "-o /out/service -ldflags '-X main.name=$(id)' ./cmd/orders\n" in text
    assert text.endswith('ENTRYPOINT ["/app/service"]\n')


def test_a_jar_is_all_that_java_needs():
    text = text_of("java -Xss1m -jar build/libs/orders.jar --quiet")
    assert "ARG JAR_FILE=orders/build/libs/orders.jar\n" in text
    assert 'COPY ["${JAR_FILE}", "/app/app.jar"]\n' in text
    assert 'ENTRYPOINT ["java", "-Xss1m", "-jar", "/app/app.jar", "--quiet"]\n' in text


def test_java_without_a_jar_has_its_folder():
    text = text_of("java -cp build/classes:lib/one.jar shop.Main")
    assert "JAR_FILE" not in text
    assert 'COPY ["orders/", "/app/"]\n' in text
    assert 'ENTRYPOINT ["java", "-cp", "build/classes:lib/one.jar", "shop.Main"]\n' in text


def test_what_is_backed_up_or_rendered_is_in_no_image():
    service = Service("orders", command="node main.js")
    backend = Backend("shop", services=[service], environments=[Environment("dev")], folder="backends/shop")
    file = program_of(backend)
    assert {"backends/shop/backups", "backends/shop/deploy", "**/.env*", "**/.venv"} <= set(file.ignore)
    assert file.ignore.index("!backends/shop") < file.ignore.index("backends/shop/backups")


def test_a_backend_at_the_root_of_its_repository_has_an_allow_list():
    services = [
        Service("orders", app="shop.orders:create"),
        Service("old", command="uvicorn legacy.main:app --port 8000"),
        Service("web", command="node dist/main.js"),
        Service("tool", command="./bin/serve --fast"),
        Service("stock", command="go run ./cmd/stock", folder="stock"),
    ]
    backend = Backend("shop", services=services, environments=[Environment("dev")])
    files = {file.name: file.ignore for file in dockerfiles(backend)}
    let_in = {name: {line for line in lines if line.startswith("!")} for name, lines in files.items()}
    assert all(lines[0] == "*" for lines in files.values())
    assert not any(lines & {"!**", "!*", "!."} for lines in let_in.values())
    assert {"!**/*.py", "!shop", "!pyproject.toml"} <= let_in["python"]
    assert let_in["old"] == {"!**/*.py", "!src"}
    assert {"!package*.json", "!src", "!dist/main.js"} <= let_in["web"]
    assert let_in["tool"] == {"!bin/serve"}
    assert let_in["stock"] == {"!stock"}
    for lines in files.values():
        last = max(number for number, line in enumerate(lines) if line.startswith("!"))
        assert all(lines.index(line) > last for line in ("**/.env*", "**/.git", "deploy", "backups"))


@pytest.mark.parametrize(
    ("folder", "index", "let_in"), [(".", "web/dist", "!web/dist"), ("apps/shop", "apps/shop/web/dist", "!apps/shop")]
)
def test_the_image_has_a_front_end_and_is_not_built_without_it(folder, index, let_in):
    web = Service("web", static="web/dist")
    backend = Backend("shop", services=[web], environments=[Environment("dev")], folder=folder)
    [file] = dockerfiles(backend)
    assert file.name == "python"
    assert f'COPY ["{index}/index.html", "/static/web/dist/"]\n' in written(file)
    assert let_in in file.ignore


def test_a_front_end_beside_programs_needs_no_project_in_python():
    services = [Service("web", static="web/dist"), Service("orders", command="node main.js", folder="orders")]
    files = dockerfiles(Backend("shop", services=services, environments=[Environment("dev")]))
    [file] = [file for file in files if file.name == "python"]
    assert "STEAD_PACKAGE" in written(file)
    assert "uv.lock" not in written(file)
