"""Rotation on real plans, without processes: what an interruption leaves, and what stays out of the logs."""

import asyncio
from types import SimpleNamespace

import pytest

from stead import Backend, Dev, Route, Service, Setting
from stead.kit.key import new_private_key, signing_key, trusted_keys
from stead.model.wiring import KEYRING, PRIVATE_KEY
from stead.run import rotation
from stead.run.error import RunError
from stead.run.log_file import Redaction
from stead.run.process_specs import ProcessSpecs
from stead.run.rotation import procedure
from stead.run.state_directory import Folder
from stead.run.status import Board

KEY = "key:orders"
HOOK = Setting("HOOK_SECRET", secret=True, dev=Dev.WEBHOOK_SECRET, several=" ")


def backend_of(app="shop.orders:create"):
    points = Service("points", app="shop.points:create", routes=[Route.service("POST", "/v1/awards", "award")])
    return Backend("shop", services=[points, Service("orders", app=app, calls=[points.may("award")], settings=[HOOK])])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(procedure, "NOTICED", 0)
    made = Folder(tmp_path / "backend.py")
    made.make()
    return made


@pytest.fixture
def run(folder):
    return run_in(folder)


def run_in(folder, app="shop.orders:create"):
    plans = ProcessSpecs(backend_of(app), folder, Board(), "dev", 0)
    return SimpleNamespace(plans=plans, processes={}, redact=Redaction(), backend=plans.backend)


def rotate(run, *names):
    return asyncio.run(rotation.rotate(run, names))


def accepted(run):
    """Return the public keys that the callee takes of the caller at a start."""
    text = next(each.text for each in run.plans.settings.given["points"] if each.setting.name == KEYRING.name)
    return {key.material.public_bytes_raw() for key in trusted_keys(text, None)["orders"]}


def public(text):
    return signing_key(text).material.public_key().public_bytes_raw()


def interrupt(run):
    """Leave a rotation as a run leaves it that is killed once the caller signs with the new key."""
    earlier = run.plans.secrets.signing_key("orders")
    run.plans.secrets.add(KEY, new_private_key("orders"))
    run.plans.secrets.move(KEY)
    return earlier


def test_a_key_whose_rotation_was_interrupted_is_not_accepted_after_the_next_start(run, folder):
    earlier = interrupt(run)
    run.plans.settings.renew()
    assert public(earlier) in accepted(run)
    again = run_in(folder)
    assert accepted(again) == {public(again.plans.secrets.signing_key("orders"))}
    assert earlier not in (folder.path / "secrets.json").read_text()


def test_a_rotation_after_an_interrupted_one_never_gives_a_callee_a_third_key(run, monkeypatch):
    earlier, written = interrupt(run), []
    replaced = run.plans.secrets.signing_key("orders")
    write = run.plans.folder.write_private

    def noted(name, text):
        written.append((name, text))
        return write(name, text)

    monkeypatch.setattr(run.plans.folder, "write_private", noted)
    rotate(run, f"orders.{PRIVATE_KEY.name}")
    sets = [trusted_keys(text, None)["orders"] for name, text in written if name.endswith(KEYRING.name)]
    assert [len(keys) for keys in sets] == [1, 2, 1]
    now = run.plans.secrets.signing_key("orders")
    assert accepted(run) == {public(now)}
    assert now not in (earlier, replaced)


def test_what_cannot_be_rotated_now_is_said_before_anything_is_changed(folder):
    run = run_in(folder, app="stead.services.points.app:create")
    rotate(run, "HOOK_SECRET")
    before = (folder.path / "secrets.json").read_text()
    with pytest.raises(RunError, match=r"HOOK_SECRET is being rotated: .* --end"):
        rotate(run)
    assert (folder.path / "secrets.json").read_text() == before


def test_a_new_value_is_kept_out_of_logs_before_its_process_has_it(folder, monkeypatch):
    run, shown = run_in(folder, app="stead.services.points.app:create"), []
    write = run.plans.folder.write_private

    def noted(name, text):
        if name.endswith(HOOK.name):
            shown.append(run.redact(text.encode()))
        return write(name, text)

    monkeypatch.setattr(run.plans.folder, "write_private", noted)
    rotate(run, HOOK.name)
    assert shown == [b"[secret] [secret]"] * 2  # before the move, and after it


def test_what_a_partner_shows_next_is_accepted_before_anybody_shows_it(folder, monkeypatch):
    run, order = run_in(folder, app="stead.services.points.app:create"), []
    write = run.plans.folder.write_private

    def noted(name, text):
        order.append((name.endswith(HOOK.name), text))
        return write(name, text)

    before = run.plans.secrets.setting(HOOK.name, HOOK.dev)
    monkeypatch.setattr(run.plans.folder, "write_private", noted)
    rotate(run, HOOK.name)
    after = run.plans.secrets.setting(HOOK.name, HOOK.dev)
    shown = [f'"setting:{HOOK.name}": "{after}"' in text for _, text in order]
    taken = [to_service and after in text for to_service, text in order]
    assert taken.index(True) < shown.index(True)
    assert [set(text.split()) for to_service, text in order if to_service] == [{before, after}] * 2
