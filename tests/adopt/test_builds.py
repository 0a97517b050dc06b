"""What a Dockerfile of the repository builds is a service by it; what speaks no HTTP is told as what it is."""

import pytest

from adopt.adopting import adopted, described, service, setting
from adopt.test_compose_model import written
from stead.adopt.adopt import adopt
from stead.adopt.evidence import BuildPart
from stead.adopt.write import noun
from stead.adopt.write.layout import lines
from stead.model.setting import REQUIRED
from stead.render.targets import generated

SHELL = {
    "compose.yaml": """
services:
  load: {build: load, environment: {FRONT: web}}
  web: {build: web}
  ui: {build: ui}
  broker: {image: "rabbitmq:3.13"}
  mongo: {build: {context: mongo}}
  kafka: {image: "apache/kafka:3.8.0"}
""",
    "load/Dockerfile": 'FROM python:3.12\nENTRYPOINT locust --host="http://${FRONT}" -u "${USERS:-10}" 2>&1\n',
    "web/Dockerfile": 'FROM gcr.io/distroless/nodejs22-debian12\nCOPY . .\nCMD ["--require=./otel.js", "server.js"]\n',
    "ui/Dockerfile": "FROM nginx:1.27\nCOPY . /usr/share/nginx/html\n",
    "mongo/Dockerfile": "FROM mongo:7\n",
}


def sketches(root, files):
    return {each.name: each for each in adopt(written(root, files)).sketch.processes}


def remarks(root):
    return [str(remark) for _, remark in adopt(root).sketch.all_remarks()]


def test_what_only_a_dockerfile_starts_is_there(tmp_path):
    found = sketches(tmp_path, SHELL)
    assert found.keys() == {"load", "web", "broker", "kafka", "ui", "mongo"}
    assert found["ui"].build == BuildPart("ui")
    assert found["mongo"].build == BuildPart("mongo")


def test_brokers_and_databases_are_told_as_what_they_are(tmp_path):
    found = sketches(tmp_path, SHELL)
    assert found["broker"].probe == ("rabbitmq-diagnostics", "-q", "ping")
    told = " ".join(remarks(tmp_path))
    assert "it is a RabbitMQ broker" in told
    assert "it is a Kafka broker" in told
    assert "it is a MongoDB database" in told


def test_the_description_of_brokers_loads_with_their_probes_and_is_rendered(tmp_path):
    _, backend = described(written(tmp_path, SHELL))
    assert generated(backend)
    assert (service(backend, "ui").port, service(backend, "kafka").port) == (80, 9092)
    assert service(backend, "broker").health.probe == ("rabbitmq-diagnostics", "-q", "ping")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (BuildPart("web"), '"web"'),
        (BuildPart(".", "docker/web.Dockerfile"), 'Build(".", "docker/web.Dockerfile")'),
        (BuildPart("web", target="dev", args=(("NODE", "22"),)), 'Build("web", target="dev", args={"NODE": "22"})'),
    ],
)
def test_a_build_is_written_as_short_as_it_can_be(part, text):
    assert "".join(lines(noun.build(part), "")) == text


def test_a_build_argument_that_may_be_a_secret_is_not_written(tmp_path):
    compose = """
services:
  api: {build: {context: api, target: prod, args: {NODE: "22", NPM_TOKEN: npm-q7Hs2Bv9Ju4X, V: "${V}"}}}
"""
    files = {"compose.yaml": compose, "api/Dockerfile": 'FROM node:22\nCMD ["node", "a.js"]\n', "api/a.js": "1\n"}
    (part,) = adopt(written(tmp_path, files)).sketch.processes
    assert part.build == BuildPart("api", target="prod", args=(("NODE", "22"),))


TOOLS = """
services:
  api: {image: "example/api:1", environment: {LIMIT: "5"}}
  watch: {image: "grafana/grafana:11.0"}
  look: {image: "adminer:5"}
  metrics: {image: "prometheuscommunity/postgres-exporter:0.15"}
  front: {image: "traefik:3"}
  keeper: {image: "portainer/portainer-ce:2"}
"""


def test_tools_are_left_out_with_the_reason(tmp_path):
    found = adopt(written(tmp_path, {"compose.yaml": TOOLS})).sketch
    assert [each.name for each in found.processes] == ["api"]
    assert found.skipped["watch"].startswith("it is monitoring")
    assert found.skipped["look"].startswith("it is a tool for people")
    assert found.skipped["metrics"].startswith("it is monitoring")
    assert found.skipped["front"].startswith("it routes by labels")
    assert found.skipped["keeper"].startswith("it manages containers")


def test_what_another_waits_for_to_end_is_a_job(tmp_path):
    compose = """
services:
  api: {image: "example/api:1", depends_on: {migrate: {condition: service_completed_successfully}}}
  migrate: {image: "example/migrate:1"}
"""
    _, backend = described(written(tmp_path, {"compose.yaml": compose}))
    assert [each.name for each in backend.jobs] == ["migrate"]
    assert [each.name for each in backend.services] == ["api"]


def test_what_only_tests_have_is_left_out(tmp_path):
    files = {
        "compose.yaml": 'services:\n  api: {image: "example/api:1"}\n',
        "compose.test.yaml": 'services:\n  api: {environment: {A: "1"}}\n  sut: {image: "example/sut:1"}\n',
    }
    found = adopt(written(tmp_path, files)).sketch
    assert [each.name for each in found.processes] == ["api"]
    assert found.skipped["sut"] == "only tests have it"


def test_a_repository_that_is_one_program_is_one_service(tmp_path):
    files = {"package.json": '{"name": "shop", "scripts": {"start": "node a.js"}}', "a.js": "process.env.PORT\n"}
    _, backend = adopted(tmp_path, files)
    (only,) = backend.services
    assert (only.command, str(only.folder)) == (("npm", "start"), ".")


def test_the_manifest_of_a_workspace_is_no_service(tmp_path):
    files = {
        "package.json": '{"name": "shop", "workspaces": ["api"], "scripts": {"start": "turbo start"}}',
        "api/package.json": '{"name": "api", "scripts": {"start": "node a.js"}}',
        "api/a.js": "process.env.PORT\n",
    }
    _, backend = adopted(tmp_path, files)
    assert [each.name for each in backend.services] == ["api"]


def test_a_folder_of_source_has_the_name_of_the_one_above(tmp_path):
    files = {
        "cart/src/cart.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>\n',
        "cart/src/Program.cs": "class Program {}\n",
    }
    _, backend = adopted(tmp_path, files)
    assert [(each.name, str(each.folder)) for each in backend.services] == [("cart", "cart/src")]


def test_a_folder_of_dockerfiles_is_no_service(tmp_path):
    files = {
        "docker/Dockerfile": 'FROM node:22\nCMD ["node", "a.js"]\n',
        "api/package.json": '{"scripts": {"start": "node a.js"}}',
    }
    files["api/a.js"] = "process.env.PORT\n"
    _, backend = adopted(tmp_path, files)
    assert [each.name for each in backend.services] == ["api"]


def test_a_module_of_maven_is_a_service_by_its_application(tmp_path):
    pom = "<project><dependencies><dependency>spring-boot-starter-web</dependency></dependencies></project>"
    files = {
        "orders/pom.xml": pom,
        "orders/src/main/java/OrdersApplication.java": "class OrdersApplication {}\n",
        "common/pom.xml": pom,
        "common/src/main/java/Text.java": "class Text {}\n",
        "pom.xml": "<project><modules><module>orders</module></modules>spring-boot-starter-parent</project>",
    }
    _, backend = adopted(tmp_path, files)
    assert [each.name for each in backend.services] == ["orders"]


def test_what_nothing_gives_a_program_that_runs_is_optional(tmp_path):
    compose = "services:\n  api: {build: api, environment: {REGION: eu}}\n"
    code = "process.env.PORT; process.env.REGION; process.env.SENTRY; process.env.LOG || `${here}/a.log`;\n"
    files = {"compose.yaml": compose, "api/package.json": '{"scripts": {"start": "node a.js"}}', "api/a.js": code}
    _, backend = adopted(tmp_path, files)
    api = service(backend, "api")
    assert setting(api, "REGION").default == "eu"
    assert setting(api, "SENTRY").default is None
    assert setting(api, "LOG").default is None
    assert setting(api, "REGION").default is not REQUIRED
