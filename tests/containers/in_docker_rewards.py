"""The rewards backend in containers, as it is rendered: it runs, it answers, and it refuses what nobody declared."""

import json

import pytest

from containers.docking import Composed, docker, free_port, stead, until

ASK = "import socket, sys; socket.create_connection((sys.argv[1], 8000), 3)"


@pytest.fixture(scope="module")
def dev(rewards, images):
    with Composed(rewards, "dev", {**images, "GATEWAY_PORT": str(free_port())}) as composed:
        yield composed


def test_every_process_is_what_was_deployed(dev, rewards):
    said = stead("smoke", rewards, "--containers", "--version", "dev", environ=dev.environ).stdout
    assert "points-service  6 routes for an undeclared operation" in said
    refused = stead("smoke", rewards, "--containers", "--version", "another", environ=dev.environ, well=False)
    assert "version is 'dev', not 'another'" in refused.stdout


def test_its_story_is_played_in_containers(dev, rewards):
    steps = stead("story", rewards, "--containers", "--json", environ=dev.environ).stdout.splitlines()
    assert len(steps) >= 16
    assert [step for step in map(json.loads, steps) if step["wrong"]] == []


def test_who_is_not_declared_is_refused_by_the_network(dev):
    """auth may call points; content has no network in common with auth."""
    dev.run("exec", "-T", "auth-service", "python", "-c", ASK, "points-service")
    refused = dev.run("exec", "-T", "content-service", "python", "-c", ASK, "auth-service", well=False)
    assert refused.returncode
    assert "gaierror" in refused.stderr  # its name does not even exist there


def test_a_container_can_do_little(dev):
    tried = dev.run("exec", "-T", "points-service", "python", "-c", "open('/app/x', 'w')", well=False)
    assert "Read-only file system" in tried.stderr
    assert dev.run("exec", "-T", "points-service", "id", "-u").stdout.strip() == "10001"
    inspected = json.loads(docker("inspect", dev.run("ps", "--quiet", "points-service").stdout.strip()))[0][
        "HostConfig"
    ]
    assert (inspected["CapDrop"], inspected["Privileged"]) == (["ALL"], False)


def test_what_is_killed_is_started_again(dev):
    name = dev.run("ps", "--quiet", "points-service").stdout.strip()
    before = state(name)["StartedAt"]
    dev.run("exec", "-T", "points-service", "python", "-c", "import os; os.kill(1, 9); os.kill(-1, 9)", well=False)
    until(lambda: state(name)["StartedAt"] != before and healthy(name), "points-service is back")


def state(name):
    return json.loads(docker("inspect", "--format", "{{json .State}}", name))


def healthy(name):
    return state(name).get("Health", {}).get("Status") == "healthy"
