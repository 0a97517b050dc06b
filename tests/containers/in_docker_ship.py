"""Versions shipped to containers: one after another, a broken one that nobody notices, one that is taken back."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from containers.docking import docker, stead
from containers.hello import BACKEND, GATEWAY, greeting, place, ship, url
from containers.stream import Stream

__all__ = ["place"]


class Asking(threading.Thread):
    """Somebody who asks all the while, and counts what went wrong."""

    def __init__(self):
        super().__init__()
        self.asked, self.wrong, self.done = 0, [], threading.Event()

    def run(self):
        while not self.done.is_set():
            self.asked += 1
            try:
                assert greeting() == '"two"'
            except (OSError, AssertionError) as error:
                self.wrong.append(repr(error))
            time.sleep(0.1)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


def test_a_first_version_that_is_broken_leaves_nothing_behind(place, images):
    refused = ship(place, images, "v0", "broken", well=False)
    assert refused.returncode == 1
    assert "names" in refused.stderr
    assert "this version is broken" in refused.stderr
    assert "there is no earlier version, so it was stopped" in refused.stderr
    assert docker("ps", "--quiet", "--filter", "label=com.docker.compose.project=hello-stage") == ""


def test_versions_follow_one_another(place, images):
    assert "hello v1 runs in staging" in ship(place, images, "v1", "v1").stdout
    assert greeting() == '"one"'
    assert "the canary is healthy beside the old version" in ship(place, images, "v2", "v2").stdout
    assert greeting() == '"two"'
    assert (place / ".stead/shipped/stage/current").read_text() == "v2\n"


@pytest.mark.parametrize(
    ("image", "said"), [("broken", "this version is broken"), ("lying", "version is 'another', not 'v3'")]
)
def test_the_old_one_serves_all_along_when_the_new_one_is_not_well(place, images, image, said):
    with Asking() as asking:
        refused = ship(place, images, "v3", image, well=False)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "v2 still runs, unchanged" in refused.stderr
    assert asking.wrong == []
    assert asking.asked > 10
    assert docker("ps", "--all", "--quiet", "--filter", "name=canary") == ""


def test_what_only_fails_in_its_place_is_taken_back(place, images):
    refused = ship(place, images, "v4", "lying", "--no-canary", well=False)
    assert refused.returncode == 1
    assert "version is 'another', not 'v4'" in refused.stderr
    assert "v2 runs again, as before" in refused.stderr
    assert greeting() == '"two"'
    assert (place / ".stead/shipped/stage/current").read_text() == "v2\n"


def test_an_image_that_is_nowhere_changes_nothing(place, images):
    refused = ship(place, images, "v5", "never-built", well=False)
    assert "never-built" in refused.stderr
    assert greeting() == '"two"'


def test_a_dry_run_shows_every_command_and_runs_none(place, images):
    before = docker("ps", "--all", "--format", "{{.ID}} {{.Status}}").count("Up")
    shown = ship(place, images, "v6", "v1", "--dry-run").stdout.splitlines()
    assert shown[0] == f"cd {place}/deploy/compose"
    verbs = ("config", "pull", "run", "up", "port")
    found = [
        next(verb for verb in verbs if f" {verb} " in f"{line} ") for line in shown[1:] if "compose --project" in line
    ]
    assert list(dict.fromkeys(found)) == list(verbs)
    assert docker("ps", "--all", "--format", "{{.ID}} {{.Status}}").count("Up") == before


@pytest.mark.parametrize("job", ["before", "beside", "after"])
def test_a_job_of_each_kind_has_run_and_is_no_failure(place, job):
    """`docker compose up --wait` takes a container that has ended for a failure, unless another one waits for that."""
    name = f"hello-stage-{job}-1"
    assert docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name) == "exited 0"
    assert "done once" in docker("logs", name)


def test_only_the_gateway_is_published(place):
    ports = docker(
        "ps", "--filter", "label=com.docker.compose.project=hello-stage", "--format", "{{.Names}} {{.Ports}}"
    )
    published = [line.split(" ")[0] for line in ports.splitlines() if "->" in line]
    assert published == ["hello-stage-gateway-1"]


def test_another_route_comes_while_no_request_fails_and_the_gateway_runs_on(place, images):
    before = docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", GATEWAY)
    (place / "backend.py").write_text(BACKEND.replace("/v1/slow", "/v1/later"))
    stead("render", place, environ=images)
    with Stream(url()) as stream:
        ship(place, images, "v7", "later")
    assert stream.failed == []
    assert greeting("/v1/later") == '"slow"'
    assert docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", GATEWAY) == before


def test_a_gateway_that_is_told_to_stop_answers_first(place):
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(greeting, "/v1/later")
        time.sleep(0.5)
        began = time.monotonic()
        docker("stop", GATEWAY)
        took = time.monotonic() - began
        assert asked.result() == '"slow"'
    assert took < 8, "it was killed in the end"
    assert docker("inspect", "--format", "{{.State.ExitCode}}", GATEWAY) == "0"
