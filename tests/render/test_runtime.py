"""The image of a program in any language: by the files of its project, or an error that says what to do."""

import json
from dataclasses import replace

import pytest

from stead.model import Backend, Build, Environment, Service, SourceLocation
from stead.render.compose.file import compose_file
from stead.render.docker import dockerfiles
from stead.render.docker import problems as problems_of
from stead.render.docker.dockerfile import written
from stead.render.docker.image_kind import kind_of
from stead.render.makefile import makefile


def project(root, files, command="", **fields):
    """A backend in a folder with these files, of one service."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    fields = {"folder": "orders"} | fields
    service = Service("orders", command=command, **fields)
    where = SourceLocation(str(root / "backend.py"), 1)
    return Backend("shop", services=[service], environments=[Environment("dev")], where=where)


def text_of(backend):
    [found] = [file for file in dockerfiles(backend) if file.name == "orders"]
    return written(found)


def told(backend):
    return [(each.code, each.message, each.mend) for each in problems_of(backend)]


PACKAGE = json.dumps({"dependencies": {"fastify": "5"}, "scripts": {"build": "tsc"}, "devDependencies": {"tsx": "4"}})
ALONE = json.dumps({"name": "orders"})
WORKSPACE = json.dumps({"workspaces": ["packages/*", "apps/*"]})


@pytest.mark.parametrize(
    ("lock", "install", "base"),
    [
        ("package-lock.json", "npm ci", "NODE_BASE"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile", "NODE_BASE"),
        ("yarn.lock", "yarn install --frozen-lockfile", "NODE_BASE"),
        ("bun.lock", "bun install --frozen-lockfile", "BUN_BASE"),
    ],
)
def test_the_lock_file_of_node_decides_who_installs(tmp_path, lock, install, base):
    files = {"orders/package.json": PACKAGE, f"orders/{lock}": "x"}
    backend = project(tmp_path, files, "node dist/main.js")
    text = text_of(backend)
    assert (told(backend), install in text, f"ARG {base}=" in text) == ([], True, True)
    assert "run build\n" in text, "what TypeScript is compiled by is installed before it is left out"
    assert text.index(install) < text.index("run build") < text.index("ENTRYPOINT")


def test_yarn_2_and_later_is_told_from_yarn_1(tmp_path):
    files = {"orders/package.json": PACKAGE, "orders/yarn.lock": "__metadata:\n  version: 8\n"}
    assert "yarn install --immutable" in text_of(project(tmp_path, files, "node dist/main.js"))


def test_dependencies_without_a_lock_file_are_an_error_that_names_it(tmp_path):
    [(code, message, mend)] = told(project(tmp_path, {"orders/package.json": PACKAGE}, "node main.js"))
    assert code == "DOCKER003"
    assert "orders/package.json of orders has dependencies, but no lock file" in message
    assert "commit the lock file" in mend
    assert "build=" in mend


def test_a_program_in_node_without_dependencies_needs_no_lock_file(tmp_path):
    backend = project(tmp_path, {"orders/package.json": ALONE, "orders/main.js": ""}, "node main.js")
    text = text_of(backend)
    assert told(backend) == []
    assert "npm ci" not in text
    assert not {"pyproject.toml", "uv.lock"} & set(text.split())
    assert 'COPY ["orders/", "./"]' in text


def test_a_workspace_is_installed_as_a_whole_and_started_in_its_folder(tmp_path):
    files = {"package.json": WORKSPACE, "package-lock.json": "{}", "apps/orders/package.json": PACKAGE}
    backend = project(tmp_path, files, "node dist/main.js", folder="apps/orders")
    text = text_of(backend)
    assert text.count("WORKDIR /app/apps/orders\n") == 2
    [file] = [file for file in dockerfiles(backend) if file.name == "orders"]
    assert {"!package.json", "!package-lock.json", "!packages", "!apps"} <= set(file.ignore)


def test_the_lock_file_of_a_package_above_is_not_of_what_it_does_not_name(tmp_path):
    files = {"package.json": PACKAGE, "package-lock.json": "{}", "orders/package.json": ALONE}
    assert "npm ci" not in text_of(project(tmp_path, files, "node main.js"))
    alone = tmp_path / "alone"
    assert "npm ci" in text_of(project(alone, files | {"orders/main.js": ""}, "node main.js", folder="."))
    (alone / "orders/package.json").unlink()
    assert "npm ci" in text_of(project(alone, {}, "node main.js")), "the manifest above is its own"


def test_what_starts_a_program_is_not_left_out_of_its_image(tmp_path):
    files = {"orders/package.json": PACKAGE, "orders/package-lock.json": "{}"}
    assert "npm prune" in text_of(project(tmp_path, files, "node dist/main.js"))
    text = text_of(project(tmp_path, files, "tsx src/main.ts"))
    assert "npm prune" not in text
    assert "/app/node_modules/.bin" in text


@pytest.mark.parametrize(
    ("file", "install"),
    [
        ("requirements.txt", "uv pip install --requirement requirements.txt"),
        ("uv.lock", "uv sync --locked --no-dev --no-editable"),
        ("poetry.lock", "poetry install --only main"),
    ],
)
def test_python_is_installed_by_what_its_folder_has_and_started_there(tmp_path, file, install):
    backend = project(tmp_path, {f"apps/py/{file}": ""}, "uvicorn main:app", folder="apps/py")
    text = text_of(backend)
    assert (told(backend), install in text) == ([], True)
    assert 'COPY ["apps/py/", "./"]' in text
    assert text.endswith('ENTRYPOINT ["uvicorn", "main:app"]\n')


def test_python_of_a_project_above_starts_in_its_own_folder(tmp_path):
    files = {"pyproject.toml": "[project]", "uv.lock": "", "apps/py/main.py": ""}
    backend = project(tmp_path, files, "gunicorn main:app", folder="apps/py")
    [file] = [file for file in dockerfiles(backend) if file.name == "orders"]
    assert "WORKDIR /app/apps/py\n" in written(file)
    assert {"!pyproject.toml", "!uv.lock", "!apps/py"} <= set(file.ignore)


def test_python_that_is_installed_by_nothing_is_an_error(tmp_path):
    [(code, message, mend)] = told(project(tmp_path, {"orders/main.py": ""}, "uvicorn main:app"))
    assert (code, "uvicorn" in message, "orders/requirements.txt" in mend) == ("DOCKER003", True, True)
    backend = project(tmp_path, {"orders/main.py": ""}, "python main.py")
    assert told(backend) == []
    assert "uv.lock" not in text_of(backend)


PROJECT = "<Project><PropertyGroup><AssemblyName>Shop.Orders</AssemblyName></PropertyGroup></Project>"


@pytest.mark.parametrize(
    ("command", "files", "built", "started"),
    [
        ("dotnet run", {"Orders.csproj": PROJECT}, "dotnet publish Orders.csproj", ["dotnet", "Shop.Orders.dll"]),
        ("dotnet run -- -v", {"Orders.csproj": ""}, "dotnet publish Orders.csproj", ["dotnet", "Orders.dll", "-v"]),
        (
            "cargo run --release --bin shop -- -v",
            {"Cargo.lock": "", "Cargo.toml": ""},
            "cargo build --locked --release --bin shop",
            ["/app/service", "-v"],
        ),
        (
            "cargo run",
            {"Cargo.lock": "", "Cargo.toml": '[package]\nname = "orders"'},
            "install -D target/release/orders /out/service",
            ["/app/service"],
        ),
        (
            "bundle exec puma -b tcp://0.0.0.0:8000",
            {"Gemfile": "", "Gemfile.lock": ""},
            "bundle install",
            ["bundle", "exec", "puma", "-b", "tcp://0.0.0.0:8000"],
        ),
        (
            "php -S 0.0.0.0:8000 -t public",
            {"composer.json": "", "composer.lock": ""},
            "composer install --no-dev",
            ["php", "-S", "0.0.0.0:8000", "-t", "public"],
        ),
        ("./gradlew bootRun", {"gradlew": ""}, "sh ./gradlew --no-daemon assemble", ["java", "-jar", "/app/app.jar"]),
        (
            "java -Xss1m -jar target/orders.jar -v",
            {"mvnw": ""},
            "sh ./mvnw --batch-mode -DskipTests package",
            ["java", "-Xss1m", "-jar", "/app/app.jar", "-v"],
        ),
        ("java Main.java -v", {"Main.java": ""}, "javac -d /out Main.java", ["java", "-cp", "/app", "Main", "-v"]),
        ("bash serve.sh", {"serve.sh": ""}, "DEBIAN_BASE", ["bash", "serve.sh"]),
    ],
)
def test_an_image_has_what_its_language_needs(tmp_path, command, files, built, started):
    backend = project(tmp_path, {f"orders/{name}": text for name, text in files.items()}, command)
    text = text_of(backend)
    assert told(backend) == []
    assert built in text
    assert text.endswith(f"ENTRYPOINT {json.dumps(started)}\n")


def test_a_module_of_many_is_built_with_what_it_needs(tmp_path):
    files = {"gradlew": "", "apps/orders/build.gradle": ""}
    text = text_of(project(tmp_path, files, "java -jar build/libs/orders.jar", folder="apps/orders"))
    assert "sh ./gradlew --no-daemon :apps:orders:assemble" in text
    assert "ARG JAR_FILE=apps/orders/build/libs/orders.jar\n" in text


@pytest.mark.parametrize(
    ("command", "files", "said"),
    [
        ("mix phx.server", {}, "Stead cannot derive the image of orders from its command mix"),
        ("dotnet run", {}, "must have exactly one project"),
        ("dotnet run", {"A.csproj": "", "B.csproj": ""}, "must have exactly one project"),
        ("dotnet watch", {"A.csproj": ""}, "starts by dotnet watch"),
        ("bundle exec puma", {"Gemfile": ""}, "no Gemfile.lock"),
        ("rails server", {}, "has no Gemfile"),
        ("php -S x", {"composer.json": ""}, "no composer.lock"),
        ("cargo run", {"Cargo.toml": ""}, "no Cargo.lock"),
        ("cargo run", {"Cargo.lock": "", "Cargo.toml": "["}, "the binary of orders is ambiguous"),
        ("go build", {}, "starts by go build"),
        ("npm start", {}, "but orders/package.json does not exist"),
        ("./mvnw spring-boot:run", {}, "its project has no wrapper"),
        ("./serve", {"serve": "#!/usr/bin/env python3\n"}, "needs python3, which the image does not have"),
        ("sh -c './prepare && exec locust -f load'", {}, "runs locust, which the image does not have"),
        ("sh -c 'exec gunicorn app:app'", {}, "starts by gunicorn, but no uv.lock"),
        ("sh -c 'exec java -jar a.jar --port $PORT'", {}, "starts java by a line for a shell, whose variables"),
    ],
)
def test_what_no_image_can_be_made_of_is_an_error_with_a_way_out(tmp_path, command, files, said):
    backend = project(tmp_path, {f"orders/{name}": text for name, text in files.items()}, command)
    [(code, message, mend)] = told(backend)
    assert said in message
    assert code in ("DOCKER002", "DOCKER003")
    assert "build=" in mend
    if code == "DOCKER002":
        assert "orders" not in {file.name for file in dockerfiles(backend)}, "never a bare Debian"


@pytest.mark.parametrize(
    ("line", "files", "base", "entry"),
    [
        (
            "./wait; exec gunicorn -b $HOST:$PORT a:b",
            {"requirements.txt": ""},
            "PYTHON",
            '["sh", "-c", "./wait; exec gun',
        ),
        ("NODE_ENV=x node main.js 2>&1", {}, "NODE", '["sh", "-c", "NODE_ENV=x node main.js 2>&1"]'),
        ("mvn -q package && exec java -jar target/a.jar -v", {}, "JAVA", '["java", "-jar", "/app/app.jar", "-v"]'),
        ("exec go run ./cmd/orders", {"go.mod": ""}, "GO", '["/app/service"]'),
        ("while true; do ./sync; sleep 5; done", {}, "DEBIAN", '["sh", "-c", "while true;'),
    ],
)
def test_the_program_that_a_line_for_a_shell_starts_in_the_end_decides(tmp_path, line, files, base, entry):
    backend = project(tmp_path, {f"orders/{name}": text for name, text in files.items()}, ["sh", "-c", line])
    text = text_of(backend)
    assert (told(backend), f"ARG {base}_BASE=" in text, f"ENTRYPOINT {entry}" in text) == ([], True, True), text


def test_a_go_program_is_built_with_the_whole_module_that_it_is_part_of(tmp_path):
    backend = project(tmp_path, {"go.mod": "", "internal/a.go": ""}, "go run .", folder="cmd/orders")
    [file] = [each for each in dockerfiles(backend) if each.name == "orders"]
    text = written(file)
    assert text.index('COPY ["./", "./"]') < text.index("WORKDIR /src/cmd/orders") < text.index("go build")
    assert {"!go.mod", "!internal", "!cmd/orders"} <= {*file.ignore}


def test_a_dockerfile_of_ones_own_is_kept_and_hardening_health_and_settings_are_put_around_it(tmp_path):
    build = Build("./web", "Web.Dockerfile", target="run", args={"MODE": "prod"})
    backend = project(tmp_path, {"web/Web.Dockerfile": "FROM x"}, "node main.js", build=build, args="--fast")
    assert (told(backend), kind_of(backend.services[0])) == ([], "build")
    assert [file.name for file in dockerfiles(backend)] == ["python"]
    service = compose_file(backend, Environment("dev")).services["orders"]
    assert (service.build.context, service.build.dockerfile, service.build.target) == (
        "../../web",
        "Web.Dockerfile",
        "run",
    )
    assert (service.build.args, service.command, service.entrypoint) == ({"MODE": "prod"}, ("--fast",), ())
    assert (service.read_only, service.cap_drop, service.environment["PORT"]) == (True, ("ALL",), "8000")
    assert service.healthcheck.test[1] == "node"
    assert "IMAGE_ORDERS" in str(compose_file(backend, Environment("prod")).services["orders"].image)
    [lines] = [rule.lines for rule in makefile(backend).rules if rule.name == "build-images"]
    assert any("--target run --build-arg MODE=prod" in line and "web/Web.Dockerfile" in line for line in lines)


def test_a_folder_is_a_build_and_one_without_a_dockerfile_is_an_error(tmp_path):
    [(code, message, mend)] = told(project(tmp_path, {}, build="./web"))
    assert (code, "web/Dockerfile, which does not exist" in message) == ("DOCKER004", True)
    assert "Build(context, dockerfile)" in mend


def test_an_image_is_started_by_the_words_that_are_given():
    image = f"example/x:1@sha256:{64 * '0'}"
    service = Service("orders", image=image, command="serve --port 8000", args=["-v"])
    service = compose_file(Backend("shop", services=[service]), Environment("prod")).services["orders"]
    assert (service.entrypoint, service.command) == (("serve", "--port", "8000"), ("-v",))


@pytest.mark.parametrize(
    ("files", "copied"),
    [
        ({"pyproject.toml": "", "uv.lock": ""}, "uv sync --locked"),
        ({"requirements.txt": "stead"}, "uv pip install --requirement requirements.txt"),
        ({"pyproject.toml": "", "poetry.lock": ""}, "poetry install --only main"),
        ({}, 'uv pip install "${STEAD_PACKAGE}"'),
    ],
)
def test_the_agent_of_a_proxy_is_in_an_image_of_what_the_project_has(tmp_path, files, copied):
    [file] = [each for each in dockerfiles(project(tmp_path, files, "node main.js")) if each.name == "python"]
    text = written(file)
    assert copied in text
    for name in ("pyproject.toml", "uv.lock", "requirements.txt", "poetry.lock"):
        assert (name in text or f"!{name}" in file.ignore) <= (name in files), name


def test_the_same_files_give_the_same_bytes(tmp_path):
    files = {"orders/package.json": PACKAGE, "orders/package-lock.json": "{}"}
    backend = project(tmp_path, files, "node dist/main.js")
    assert text_of(backend) == text_of(replace(backend))
