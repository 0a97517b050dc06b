"""A repository that means harm, or is merely broken: it costs neither the run nor what the rest of it tells."""

import os
import time

import pytest

from adopt.adopting import described, service
from check.rule_run import git
from stead.adopt.adopt import adopt
from stead.adopt.sources.vault import SECRET, TEMPLATE

GOOD = "services:\n  orders: {image: 'example/orders:1'}\n"
BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "compose.yaml").write_text(GOOD)
    return tmp_path


def sound(root, longest=5.0):
    """Adopt a repository, within a bound; what is sound in it must be there."""
    began = time.perf_counter()
    text, backend = described(root)
    assert time.perf_counter() - began < longest
    assert service(backend, "orders").image == "example/orders:1"
    return text, backend


def test_a_bomb(repository):
    (repository / "docker-compose.yml").write_text(BOMB + "services: *i\n")
    (repository / "k8s.yaml").write_text(
        f"apiVersion: v1\nkind: Deployment\nspec:\n{BOMB.replace(chr(10), chr(10) + ' ')}"
    )
    sound(repository)


def test_what_is_no_text_or_too_large_or_leads_in_a_circle(repository):
    (repository / "apps").mkdir()
    (repository / "apps" / "wrangler.toml").write_bytes(b'name = "a\0b"\n')
    with (repository / "compose.stage.yaml").open("wb") as file:
        file.truncate(100_000_000)
    (repository / "apps" / "again").symlink_to(repository)
    (repository / "Dockerfile").symlink_to("/etc/passwd")
    (repository / "nowhere.yaml").symlink_to(repository / "missing")
    os.mkfifo(repository / "package.json")
    sound(repository)


def test_a_link_out_of_the_repository_is_not_followed_and_is_said(repository, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "compose.yaml").write_text("services: {stolen: {image: 'a:1'}}\n")
    (repository / "apps").symlink_to(elsewhere)
    (repository / "compose.dev.yaml").symlink_to(elsewhere / "compose.yaml")
    _, backend = sound(repository)
    assert [each.name for each in backend.services] == ["orders"]
    notes = adopt(repository).notes
    assert {f"{name} was not followed: it leads out of the repository" for name in ("apps", "compose.dev.yaml")} <= {
        *notes
    }


def test_two_files_that_disagree_are_both_named(repository):
    (repository / "api").mkdir()
    (repository / "compose.yaml").write_text(
        GOOD + "  api: {build: api, environment: {LIMIT: '1', MODE: fast, KEY: a}}\n  web: {image: 'web:1'}\n"
    )
    (repository / "api/Dockerfile").write_text('FROM a:1\nCMD ["node", "main.js"]\n')
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec: {template: {spec: {containers: [C]}}}\n"
    )
    api = "{name: a, image: 'api:1', env: [{name: LIMIT, value: '2'}, {name: MODE, value: fast}]}"
    manifests = [("api", api), ("web", "{name: w, image: 'web:2'}")]
    (repository / "k8s.yaml").write_text(
        "---\n".join(deployment.replace("NAME", name).replace("C]", f"{text}]") for name, text in manifests)
    )
    sound(repository)
    told = [str(remark) for _, remark in adopt(repository).sketch.all_remarks()]
    assert [text for text in told if "which values" in text or "which image" in text] == [
        "could not tell: which values hold in all environments: LIMIT (compose.yaml says 1, k8s.yaml says 2)",
        "could not tell: which image it runs: compose.yaml says web:1, k8s.yaml says web:2",
    ]


def test_a_folder_with_blanks_in_its_name(repository):
    (repository / "my app").mkdir()
    (repository / "my app/Dockerfile").write_text('FROM node:22\nCMD ["node", "main.js"]\n')
    (repository / "my app/main.js").write_text("process.env.LIMIT;\n")
    (repository / "compose.yaml").write_text(GOOD + '  api: {build: "./my app"}\n')
    _, backend = sound(repository)
    assert (service(backend, "api").folder, service(backend, "api").build.context) == ("my app", "my app")


def test_an_env_file_that_fills_itself_in_ends(repository):
    (repository / ".env").write_text("A=${B}\nB=${A}\nC=${C:-${C}}\nNAME=orders\n")
    (repository / "compose.yaml").write_text(GOOD + "  api: {image: 'api:${A:-${B:-${C}}}'}\n")
    git(repository, "init", "-q")
    git(repository, "add", "-A", "-f")
    sound(repository)


def test_a_lock_file_of_50_mb_is_not_read(repository):
    (repository / "api").mkdir()
    (repository / "api/package.json").write_text('{"scripts": {"start": "node main.js"}}\n')
    (repository / "api/main.js").write_text('require("http").createServer().listen(process.env.PORT);\n')
    with (repository / "api/yarn.lock").open("wb") as file:
        file.truncate(50_000_000)
    _, backend = sound(repository)
    assert service(backend, "api").command == ("yarn", "start")


def test_a_chart_that_needs_others_is_told_with_the_command_that_fetches_them(repository):
    (repository / "chart").mkdir()
    chart = "apiVersion: v2\nname: shop\ndependencies: [{name: redis, repository: 'https://charts.example.com'}]\n"
    (repository / "chart/Chart.yaml").write_text(chart)
    assert "helm dependency build chart && helm template chart" in " ".join(adopt(repository).notes)
    (repository / "chart/charts/redis").mkdir(parents=True)
    (repository / "chart/charts/redis/Chart.yaml").write_text("apiVersion: v2\nname: redis\n")
    assert "dependency build" not in " ".join(adopt(repository).notes)
    sound(repository)


def test_names_and_values_that_would_be_code(repository):
    nasty = '"""\\n__import__("os").system("true")\\n"""'
    (repository / "compose.dev.yml").write_text(
        f"""
name: '{nasty}'
services:
  "x'); raise SystemExit #":
    image: "example/x:1\\n'''"
    environment:
      "A\\nB": "1"
      QUOTED: "it's \\"so\\" \\\\ \\n \\t \\0 here"
      {nasty!r}: a
  lambda: {{image: "a:1"}}
  class: {{image: "a:1"}}
  Backend: {{image: "a:1"}}
"""
    )
    text, backend = sound(repository)
    assert [each.name for each in backend.services] == ["backend", "class", "lambda", "orders", "x-raise-systemexit"]
    assert "raise SystemExit" not in text
    assert service(backend, "x-raise-systemexit").declared[0].default.startswith('it\'s "so" \\')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrangler.toml", "a = [" * 5_000),
        ("wrangler.toml", 'name = 7\nvars = "x"\n[env]\nstaging = 3\n'),
        ("package.json", "[" * 100_000),
        (
            "krakend.json",
            '{"endpoints": [1, {"backend": 3}, {"endpoint": null, "backend": [{"host": [null, "http://["]}]}]}',
        ),
        ("k.yaml", "apiVersion: 1\nkind: Deployment\nmetadata: [a]\nspec: 7\n"),
        ("k.yaml", "apiVersion: 1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 9" + "9" * 6_000 + "}\n"),
        ("k.yaml", "apiVersion: 1\nkind: Deployment\n" + "- " * 300),
        ("compose.prod.yaml", "services: {a: {environment: 7, depends_on: 7, build: [1], image: [2], env_file: {}}}\n"),
        ("compose.prod.yaml", "services: {a: {build: 'http://[', environment: {X_URL: 'http://['}}}\n"),
        ("Dockerfile", "CMD [1, 2\nENTRYPOINT {}\nENV A\nCOPY\nFROM\n"),
        ("go.mod", "module\n"),
        ("pyproject.toml", "project = 3\n"),
        (".env.example", "=\nA\nB==\n" + "C='" * 1000),
        ("nginx.conf", "location /a { proxy_pass http://[; }" * 100),
        ("rules.json", '[{"authenticators": 1, "upstream": 2, "match": 3}]'),
        ("application.yml", "spring: {cloud: {gateway: {routes: 7}}}\n"),
        ("openapi.json", '{"openapi": "3.1.0", "paths": {"/a": 7, "b": {"get": {"security": 3}}}}'),
    ],
)
@pytest.mark.parametrize("folder", ["", "app"])
def test_what_has_not_the_shape_that_it_should_have(repository, folder, name, text):
    (repository / folder).mkdir(exist_ok=True)
    (repository / folder / name).write_text(text)
    sound(repository)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/src/index.ts", "interface Env " * 60_000),
        ("app/build.gradle", "org.springframework.boot'" * 40_000),
        ("app/Dockerfile", "\n" * 1_000_000),
        ("app/nginx.conf", "proxy_pass location " * 60_000),
        ("app/nginx.conf", "upstream a { " + "x " * 500_000 + "proxy_pass"),
        ("k.yaml", "apiVersion: 1\nkind: Job\nspec: {template: {metadata: {annotations: "
         f"{{{SECRET}a: b, {TEMPLATE}a: '" + " a = \n\n" * 50_000 + "'}}}}\n"),
        (".env.example", "A" * 1_000_000),
        ("app/pom.xml", "<mainClass><parent><build><version>" * 20_000),
        ("app/Procfile", "web: 0.0.0.0 ${ && " * 40_000 + "\n" + "web:" * 100_000),
        ("app/manage.py", "DJANGO_SETTINGS_MODULE', " * 40_000),
        ("app/main.go", 'getEnv("A",\nif a == ""' * 40_000),
        ("compose.dev.yaml", "services: {a: {image: '" + "${a" * 100_000 + "'}}\n"),
    ],
)  # fmt: skip
def test_what_would_take_an_expression_for_ever(repository, name, text):
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / "app").mkdir(exist_ok=True)
    (repository / "app" / "wrangler.toml").write_text('name = "app"\nmain = "src/index.ts"\n')
    (repository / name).write_text(text)
    sound(repository, longest=10)
