"""The console of a backend with fourteen processes: every page while its story plays, and a file that is damaged."""

import os

import pytest

from end_to_end.conftest import live
from end_to_end.console_page import Page
from end_to_end.console_walk import failed_steps, playing, walk
from stead.console.run_file import BESIDE


@pytest.fixture(scope="module")
def backend():
    with live("aquastream") as made:
        yield made


@pytest.fixture(scope="module")
def console(backend):
    page = Page(backend)
    yield page
    page.client.close()


def test_every_page_shows_what_the_logs_the_api_and_the_databases_say(backend, console):
    walk(backend, console, "events", "event")


def test_a_file_that_is_damaged_while_the_story_plays_harms_nothing_else(backend, console):
    name = console.get("runs")["runs"][0]["name"]
    file = backend.folder / ".stead" / "runs" / f"{name}.sqlite"
    story = playing(backend)
    for path in (file, *(file.with_name(file.name + end) for end in BESIDE)):
        with path.open("r+b") as damaged:
            damaged.write(os.urandom(65_536))
    assert failed_steps(story) == []
    assert failed_steps(playing(backend)) == []
    assert backend.status()["well"]
    noted = [
        note for note in backend.status()["notes"] if "records nothing more" in note or "console has ended" in note
    ]
    assert len(noted) == 1, backend.status()["notes"]
