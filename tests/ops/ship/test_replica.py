"""Temporary replicas: which names they get, in which networks, and what Compose would make anew."""

import json
import time

from stead.gateway.upstream import _outliers
from stead.ops.ship.canary import clear
from stead.ops.ship.commands import Compose
from stead.ops.ship.replica import SETTLE, Member, changed, serve
from stead.ops.ship.runner import Done

OLD = {
    "id": "0123456789abcdef",
    "name": "/shop-prod-orders-1",
    "service": "orders",
    "digest": "d1",
    "networks": {
        "shop-prod_calls": {"Aliases": ["orders", "shop-prod-orders-1", "0123456789ab"]},
        "shop-prod_inside-orders": {"Aliases": ["orders", "orders-program"]},
        "shop-prod_stores": {"Aliases": ["orders"]},
    },
}
LEFT = OLD | {"id": "fedcba", "name": "/shop-prod-orders-2", "networks": {"shop-prod_calls": {"Aliases": None}}}
SERVER = OLD | {"id": "5e6fe6", "name": "/shop-prod-postgres-1", "service": "postgres"}
SERVER["networks"] = {"shop-prod_stores": {"Aliases": ["postgres"]}}
NEW = OLD | {
    "id": "77777777",
    "name": "/shop-prod-canary-orders",
    "networks": {"shop-prod_calls": {"Aliases": None}, "shop-prod_more": {}, "shop-prod_stores": {}},
}


class Daemon:
    """Answers what is asked of Docker, and notes what is done; it has no time to wait."""

    looks = False

    def __init__(self):
        self.done = []

    def run(self, _title, command):
        self.done.append(" ".join(command.words))
        return ""

    def look(self, command):
        text = " ".join(command.words)
        if " ps " in text:
            return Done(0, "0123456789abcdef\nfedcba\n", "")
        if " config " in text:
            return Done(0, "orders d1\norders-proxy d9\n", "")
        rows = [NEW] if command.words[-1] == "shop-prod-canary-orders" else [OLD, LEFT, SERVER]
        return Done(0, "".join(json.dumps(row) + "\n" for row in rows), "")


def test_a_replica_has_the_names_of_the_old_one_wherever_that_is_called():
    daemon = Daemon()
    serve(daemon, "shop-prod", {"orders": "shop-prod-canary-orders"}, ["postgres"])
    connect = "docker network connect --alias orders"
    assert daemon.done == [
        "docker network disconnect shop-prod_calls shop-prod-canary-orders",
        f"{connect} shop-prod_calls shop-prod-canary-orders",
        f"{connect} --alias orders-program shop-prod_inside-orders shop-prod-canary-orders",
        "docker network disconnect shop-prod_more shop-prod-canary-orders",
        f"{connect} shop-prod_more shop-prod-canary-orders",
    ]


def test_what_compose_would_make_anew_is_told_by_its_digest():
    running = [Member("1", "a", "orders", "d1", {}), Member("2", "b", "orders-proxy", "d2", {})]
    names = ["orders", "orders-proxy", "not-there-yet"]
    assert changed(Daemon(), Compose(("compose.yaml",)), names, running) == ["orders-proxy"]


def test_a_replica_ends_only_when_the_envoys_ask_again_what_did_not_listen_at_first():
    """Envoy ejects an instance that has its name before it listens; the replica may be the only other one."""
    outliers = _outliers()
    ejected = sum(float(each.removesuffix("s")) for each in (outliers.interval, outliers.max_ejection_time))
    assert ejected < SETTLE


def test_a_replica_that_a_killed_ship_left_answers_until_callers_know_what_replaced_it(monkeypatch):
    class Engine(Daemon):
        looks = True

        def look(self, command):
            self.done.append(command.words[1])
            return Done(0, "shop-prod-canary-orders\n", "")

    engine = Engine()
    monkeypatch.setattr(time, "sleep", lambda seconds: engine.done.append(seconds))
    clear(engine, "shop-prod")
    assert engine.done == ["ps", SETTLE, "stop", "rm"]
