"""What a part of a repository is: a program in several roles, a tool by its base, a tester, a chart."""

from adopt.adopting import adopted, called, service, setting
from adopt.test_compose_model import written
from stead.adopt.adopt import adopt

GO = 'package main\n\nfunc main() { http.ListenAndServe(":"+os.Getenv("PORT"), nil) }\n'


def sketch(root, files):
    return adopt(written(root, files)).sketch


def names(found):
    return [each.name for each in found.processes]


def test_one_program_in_two_roles_is_two_services_of_one_folder(tmp_path):
    files = {
        "compose.yaml": "services: {van-http: {build: docker/app}, van-worker: {build: docker/app}}\n",
        "docker/app/Dockerfile": 'FROM golang:1.23\nCMD ["go", "run", "."]\n',
        "internal/van/go.mod": "module example.com/van\n",
        "internal/van/main.go": GO,
    }
    found = sketch(tmp_path, files)
    assert names(found) == ["van-http", "van-worker"]
    assert {each.folder for each in found.processes} == {"internal/van"}


def test_a_mounted_folder_is_the_one_that_runs(tmp_path):
    service_ = "{build: docker/app, working_dir: /code/orders, volumes: ['./src:/code']}"
    files = {
        "compose.yaml": f"services: {{shop: {service_}}}\n",
        "docker/app/Dockerfile": 'FROM golang:1.23\nCMD ["go", "run", "."]\n',
        "src/orders/go.mod": "module example.com/orders\n",
        "src/orders/main.go": GO,
    }
    found = sketch(tmp_path, files)
    assert [(each.name, each.folder) for each in found.processes] == [("shop", "src/orders")]


def test_a_tool_with_a_configuration_of_the_repository_is_a_tool(tmp_path):
    files = {
        "compose.yaml": "services: {metrics: {build: metrics}, api: {image: 'example/api:1'}}\n",
        "metrics/Dockerfile": "FROM prom/prometheus:v2\nCOPY p.yml /etc/prometheus/\n",
        "metrics/p.yml": "scrape_configs: []\n",
    }
    found = sketch(tmp_path, files)
    assert names(found) == ["api"]
    assert found.skipped["metrics"].startswith("it is monitoring")


def test_a_service_that_tests_the_others_is_left_out(tmp_path):
    services = ", ".join(f"{name}: {{image: 'example/{name}:1'}}" for name in ("e2e", "component-tests", "api"))
    found = sketch(tmp_path, {"compose.yaml": f"services: {{{services}}}\n"})
    assert names(found) == ["api"]
    assert found.skipped["e2e"] == "it tests the others"


def test_an_env_file_that_all_have_makes_no_calls(tmp_path):
    files = {
        "compose.yaml": "services:\n"
        "  api: {image: 'example/api:1', env_file: .env}\n"
        "  stock: {image: 'example/stock:1', env_file: .env}\n"
        "  db: {image: 'mysql:8', env_file: .env}\n",
        ".env.example": "STOCK_ADDR=http://stock:80\n",
    }
    _, backend = adopted(tmp_path, files)
    assert [called(each) for each in backend.services] == [[], [], []]


def test_a_dockerfile_s_name_is_filled_in_and_one_that_is_missing_is_told_at_the_place(tmp_path):
    files = {
        ".env": "API_DOCKERFILE=docker/api.Dockerfile\n",
        "compose.yaml": "services:\n"
        "  api: {build: {context: ., dockerfile: '${API_DOCKERFILE}'}}\n"
        "  web: {image: 'example/web:1', build: {context: web}}\n",
        "docker/api.Dockerfile": 'FROM node:22\nCMD ["node", "a.js"]\n',
        "web/a.js": "1\n",
    }
    found = adopt(written(tmp_path, files))
    (api,) = [each for each in found.sketch.processes if each.name == "api"]
    assert (api.build.context, api.build.dockerfile) == (".", "docker/api.Dockerfile")
    assert "where its Dockerfile is: compose.yaml names web/Dockerfile" in found.text.replace("\n", " ")


def test_a_chart_is_noted_and_not_read(tmp_path):
    files = {
        "charts/mail/Chart.yaml": "name: mail\n",
        "charts/mail/charts/inner/Chart.yaml": "name: inner\n",
        "charts/mail/templates/mail.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: mail}\n",
        "compose.yaml": "services: {api: {image: 'example/api:1'}}\n",
    }
    found = adopt(written(tmp_path, files))
    assert names(found.sketch) == ["api"]
    (note,) = [each for each in found.notes if "chart" in each]
    assert note.startswith("charts/mail: a Helm chart, which was not read")
    assert "helm template charts/mail" in note


def test_keys_of_an_external_secret_are_secrets_and_of_another_one_are_asked_for(tmp_path):
    container = "{name: a, image: 'example/a:1', envFrom: [{secretRef: {name: NAME-env}}]}"
    spec = "metadata: {name: NAME}\nspec: {template: {spec: {containers: [CONTAINER]}}}".replace("CONTAINER", container)
    deployment = "apiVersion: apps/v1\nkind: Deployment\n" + spec
    manifests = "\n---\n".join(
        [
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a-env}\n"
            "spec: {data: [{secretKey: BROKER_TOKEN}]}",
            deployment.replace("NAME", "a"),
            deployment.replace("NAME", "b"),
        ]
    )
    text, backend = adopted(tmp_path, {"k8s/all.yaml": manifests})
    assert setting(service(backend, "a"), "BROKER_TOKEN").secret
    assert "which settings the Secret b-env has" in text


def test_an_app_host_and_an_app_for_devices_are_no_services(tmp_path):
    files = {
        "Host/Host.csproj": '<Project><Sdk Name="Aspire.AppHost.Sdk"/><OutputType>Exe</OutputType></Project>\n',
        "Phone/Phone.csproj": "<Project><UseMaui>true</UseMaui><OutputType>Exe</OutputType></Project>\n",
        "Api/Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>\n',
        "Api/Program.cs": "var app = WebApplication.CreateBuilder(args).Build();\n",
    }
    found = sketch(tmp_path, files)
    assert names(found) == ["api"]
    assert found.processes[0].port == "ASPNETCORE_HTTP_PORTS"
    assert found.skipped.keys() == {"host", "phone"}
