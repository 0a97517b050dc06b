"""What a ship to Workers refuses before it deploys anything: all at once, with what mends it."""

from dataclasses import replace

import pytest

from ops.ship.workers_deploy import (
    ORDER,
    SECRETS,
    a_backend,
    ready,
    rollout,
)
from stead.model import Service
from stead.ops.ship.error import LockedError, NotReadyError
from stead.ops.ship.workers import locked
from stead.ops.ship.workers_api import Cloudflare, CloudflareError


def test_all_that_is_missing_is_named_at_once_and_nothing_is_deployed(shop, cloudflare):
    (shop / "apps" / "b" / "src" / "index.ts").unlink()
    given = {"PARTNER_KEY": "", "A_DATABASE_URL": "", "SENDER": "", "CLOUDFLARE_API_TOKEN": ""}
    with pytest.raises(NotReadyError) as caught:
        ready(shop, cloudflare, **given).check()
    text = str(caught.value)
    for said in (
        "the Worker of b has no apps/b/src/index.ts (workers_deploy.py:",
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
        (12, "PARTNER_KEY is a var and a required secret in staging"),
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
    assert "deploy/workers/a/wrangler.jsonc was edited by hand: stead render" in str(caught.value)


def test_a_container_needs_an_engine_and_who_has_none_is_told_before_anything_is_deployed(
    shop, cloudflare, monkeypatch
):
    monkeypatch.setenv("PATH", str(shop / "bin"))
    backend = replace(a_backend(), services=[*a_backend().services, Service("old", app="old.app:create")])
    with pytest.raises(NotReadyError, match="docker is not installed, and wrangler builds the image of old with it"):
        ready(shop, cloudflare, backend=backend).check()
    assert cloudflare.calls == []


def test_only_one_deploys_at_a_time(shop, cloudflare):
    with locked(shop / ".stead", "staging"), pytest.raises(LockedError, match="another deploy to staging runs now"):
        rollout(shop, cloudflare).make()
    assert cloudflare.calls == []
    with locked(shop / ".stead", "production"):
        rollout(shop, cloudflare).make()


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
    assert "403: Authentication error (10000): CLOUDFLARE_API_TOKEN needs the permission to edit" in str(caught.value)
    assert "wrong-token" not in str(caught.value)
    assert "wrong-token" not in repr(Cloudflare("a", "wrong-token"))
