"""Rewards as it is deployed to Workers, in the real workerd: the same story, the same smoke."""

import httpx2
import pytest

from end_to_end.conftest import live
from npm import node_modules


@pytest.fixture(scope="module")
def rewards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    for name in ("workerd", "esbuild"):
        (folder / name).symlink_to(next(node_modules().glob(f"@*/*/bin/{name}")))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("PATH", str(folder), prepend=":")
        patch.setenv("NODE_PATH", str(node_modules()))  # the copy has no node_modules of its own
        with live("rewards", "--on", "workers") as backend:
            yield backend


def test_the_story_passes_and_the_smoke_finds_every_service_well(rewards):
    rewards.stead("story")
    assert " of 30 checks passed" in rewards.stead("smoke").stdout


def test_the_gateway_is_one_process_and_no_envoy(rewards):
    said = rewards.stead("status").stdout
    assert "api-gateway" in said
    assert "api-gateway-agent" not in said


def test_gateway_and_services_answer_health_exactly(rewards):
    state = rewards.status()
    addresses = {each["name"]: each["url"] for each in state["processes"] if each["name"].endswith("-service")}
    for name, url in (addresses | {"api-gateway": state["url"]}).items():
        said = httpx2.get(f"{url}/health").json()
        assert said == {"service": name, "env": "dev", "status": "ok", "version": "dev"}
    assert len(addresses) == 5
