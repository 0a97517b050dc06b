"""What shipping would run: argument lists, with nothing run."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.command import stead
from stead.ops.ship import commands
from stead.ops.ship.commands import Command, Compose

STAGE = Compose(
    ("compose.yaml", "compose.stage.yaml"),
    ".env.stage",
    {"VERSION": "4f2a91c", "IMAGE_PYTHON": "registry/shop@sha256:1"},
)
START = ("docker", "compose", "--project-directory", ".", "--env-file", ".env.stage", "--file", "compose.yaml")


def test_every_command_of_compose_names_the_files_and_the_version():
    made = [STAGE.config(), STAGE.pull(), STAGE.build(), STAGE.up(), STAGE.down(), STAGE.processes()]
    made += [STAGE.logs("a", 5), STAGE.port("a", 80), STAGE.beside("a", "b")]
    for each in made:
        assert each.words[:8] == START
        assert each.variables == STAGE.variables


@pytest.mark.parametrize(
    ("command", "end"),
    [
        (STAGE.config(), ("config", "--quiet")),
        (STAGE.pull(), ("pull", "--quiet", "--policy", "missing")),
        (STAGE.build(), ("--progress", "plain", "build")),
        (STAGE.up(9), ("up", "--detach", "--wait", "--wait-timeout", "9", "--remove-orphans", "--no-build")),
        (STAGE.down(), ("down", "--remove-orphans")),
        (STAGE.logs("orders", 20), ("logs", "--no-color", "--no-log-prefix", "--tail", "20", "orders")),
        (
            STAGE.beside("orders", "shop-canary-orders"),
            ("run", "--detach", "--no-deps", "--quiet-pull", "--name", "shop-canary-orders", "orders"),
        ),
        (commands.remove(["a", "b"]), ("docker", "rm", "--force", "--volumes", "a", "b")),
    ],
)
def test_words(command, end):
    assert command.words[-len(end) :] == end


def test_nothing_takes_data_away():
    assert not {"--volumes", "-v"} & set(STAGE.down().words)


def test_a_service_called_canary_is_not_taken_for_what_a_ship_left_behind():
    """Its container is shop-prod-canary-1: Compose's label tells it from a container of `compose run`."""
    words = commands.beside_of("shop-prod").words
    filters = {words[number + 1] for number, word in enumerate(words) if word == "--filter"}
    labels = {"label=com.docker.compose.project=shop-prod", "label=com.docker.compose.oneoff=True"}
    assert filters == {*labels, "name=^/?shop-prod-canary-"}


def test_a_command_is_shown_as_a_shell_takes_it():
    shown = str(Command(("echo", "a b", "$HOME"), {"VERSION": "it's"}))
    assert subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True).stdout == "a b $HOME\n"


def test_the_program_may_be_called_otherwise():
    assert Compose(("a.yaml",), program=("docker-compose",)).config().words[0] == "docker-compose"


@pytest.mark.skipif(not shutil.which("docker"), reason="docker is not installed")
def test_compose_knows_every_option():
    """Each option that is used is one that this machine's Compose names in its own help."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    for command in (
        STAGE.pull(),
        STAGE.up(),
        STAGE.down(),
        STAGE.processes(),
        STAGE.beside("a", "b"),
        STAGE.logs("a", 1),
    ):
        verb = command.words[10]
        steps = subprocess.run(["docker", "compose", verb, "--help"], capture_output=True, text=True, check=True).stdout
        assert all(word in steps for word in command.words[11:] if word.startswith("--"))


@pytest.fixture
def shop(tmp_path):
    """The rewards backend, with its rendered files."""
    folder = tmp_path / "rewards"
    source = Path(__file__).parents[3] / "backends/rewards"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".stead", "secrets", ".env*"))
    for example in (source / "deploy/compose").glob(".env*.example"):
        shutil.copy(example, folder / "deploy/compose")
    return folder


def ship(folder, *words):
    return stead("ship", "compose", "--env", "stage", *words, folder=folder)


def test_a_dry_run_shows_the_commands_and_says_what_is_missing(shop):
    done = ship(shop, "--version", "4f2a91c", "--dry-run", "--image", "python=registry/rewards@sha256:1")
    verbs = ("config", "pull", "up", "exec", "port")
    assert [verb for verb in verbs if f" {verb} " in done.stdout] == list(verbs)
    assert "VERSION=4f2a91c" in done.stdout
    assert "run --detach" not in done.stdout  # nothing runs there that a canary would spare
    assert "missing: " in done.stderr
    assert done.returncode == 1


def test_all_that_is_missing_is_said_at_once(shop):
    (shop / "deploy/compose/compose.yaml").unlink()
    done = ship(shop, "--version", "a b", "--image", "pyton=x")
    for said in (
        "--version 'a b' is not a version",
        "deploy/compose/compose.yaml does not exist: stead render",
        "no image has that name; the images are python",
        "no image is given for python",
        ".env.stage does not exist",
        "the secret points-service.DATABASE_URL does not exist: stead render --secrets staging",
    ):
        assert said in done.stderr
    assert done.returncode == 1
    assert not (shop / ".stead").exists()
