"""The rewards backend as a whole: its story, its smoke check, and every process accounted for."""

import json


def test_the_story_passes_twice_on_the_same_databases(rewards):
    for _ in range(2):
        steps = [json.loads(line) for line in rewards.stead("story", "--json").stdout.splitlines()]
        assert len(steps) >= 15
        assert not [step for step in steps if step["wrong"]]


def test_smoke_asks_every_process_and_is_content(rewards):
    checks = [json.loads(line) for line in rewards.stead("smoke", "--json").stdout.splitlines()]
    names = {process["name"] for process in rewards.status()["processes"] if process["kind"] in ("service", "gateway")}
    assert {check["name"] for check in checks} == names
    assert not [check for check in checks if check["wrong"] or check["skipped"]]


def test_smoke_finds_a_version_that_was_not_deployed(rewards):
    done = rewards.stead("smoke", "--json", "--version", "another", well=False)
    wrong = [check for line in done.stdout.splitlines() if (check := json.loads(line))["wrong"]]
    assert done.returncode == 1
    assert all("version is" in check["wrong"] for check in wrong)
    assert len(wrong) == 12


def test_every_process_is_accounted_for(rewards):
    status = rewards.status()
    assert {process["state"] for process in status["processes"]} == {"healthy"}
    assert status["well"]
