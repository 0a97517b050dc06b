"""`stead render`: what it writes, what it leaves, and what it says of drift, each with its exit status."""

import stat
from types import SimpleNamespace

import pytest

from stead.cli import app
from stead.model import SteadError

BACKEND = """from stead import Backend, Gateway, Postgres, Route, Service, Setting

KEY = Setting("PARTNER_KEY", secret=True, help="A partner's.")
orders = Service(
    "orders", app="orders:create", settings=[KEY], needs=[Postgres()], routes=[Route.public("GET", "/v1/orders")]
)
backend = Backend("shop", services=[orders], gateway=Gateway("edge", fronts=[orders]))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "backend.py").write_text(BACKEND)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def render(folder, capsys):
    """Give the command as a person would, in this process."""

    def given(*words):
        command, bound, _ = app().parse_args(["render", *words])
        try:
            status = command(*bound.args, **bound.kwargs)
        except SteadError as error:
            return SimpleNamespace(returncode=1, stdout="", stderr=str(error))
        said = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=said.out, stderr=said.err)

    return given


def test_it_writes_and_then_has_nothing_to_do(folder, render):
    first, again, checked = (render(*words) for words in ((), (), ("--check",)))
    assert first.returncode == 0
    assert "written  deploy/compose/compose.yaml" in first.stdout
    assert again.stdout.endswith(", 0 changed\n")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_check_says_what_drifted_and_the_command_that_mends_it(folder, render):
    render()
    base = folder / "deploy/compose/compose.yaml"
    base.write_text(base.read_text() + "# by hand\n")
    (folder / "deploy/compose/compose.prod.yaml").unlink()
    (folder / "backend.py").write_text(BACKEND.replace('"orders", app', '"sales", app'))
    done = render("--check")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "deploy/compose/compose.yaml was edited by hand" in lines
    assert "deploy/compose/compose.prod.yaml does not exist" in lines
    assert any(line.endswith("was rendered from an earlier description") for line in lines)
    assert lines[-1].endswith("fix: stead render . --overwrite")
    assert render(".", "--overwrite").returncode == 0
    assert render("--check").returncode == 0


def test_a_change_by_hand_is_kept_and_said(folder, render):
    render()
    base = folder / "deploy/compose/compose.yaml"
    mine = base.read_text() + "# by hand\n"
    base.write_text(mine)
    done = render()
    assert done.returncode == 1
    assert "kept     deploy/compose/compose.yaml was edited by hand" in done.stderr
    assert base.read_text() == mine


def test_a_file_without_our_mark_is_the_users_for_ever(folder, render):
    render()
    file = folder / "deploy/docker/python.Dockerfile"
    file.write_text("FROM mine\n")
    done = render("--overwrite")
    assert done.returncode == 0
    assert "so Stead does not write it" in done.stderr
    assert file.read_text() == "FROM mine\n"
    assert render("--check").returncode == 0


def test_what_is_rendered_no_more_is_removed(folder, render):
    render()
    text = BACKEND.replace("import Backend,", "import Backend, Environment,")
    (folder / "backend.py").write_text(text.replace('"shop", ', '"shop", environments=[Environment("dev")], '))
    assert "deploy/compose/compose.prod.yaml is not rendered any more" in render("--check").stdout
    render()
    assert not (folder / "deploy/compose/compose.prod.yaml").exists()


def test_without_dev_there_is_no_overlay_but_what_other_monitoring_reads(folder, render):
    render()
    assert (folder / "deploy/observability/compose.yaml").exists()
    text = BACKEND.replace("import Backend,", "import Backend, Environment,")
    (folder / "backend.py").write_text(text.replace('"shop", ', '"shop", environments=[Environment("prod")], '))
    assert render().returncode == 0
    files = {file.name for file in (folder / "deploy/observability").rglob("*") if file.is_file()}
    pages = {"stead-shop.json", "stead-shop-edge.json", "stead-shop-orders.json"}
    assert files == {"prometheus.yaml", "rules.yaml", "rules.test.yaml", *pages}


@pytest.mark.parametrize("target", ["kubernetes", "helm", "terraform", "oathkeeper", "workers"])
def test_a_target_by_which_nothing_is_delivered_is_refused_with_what_to_write(render, target):
    done = render("--target", target)
    assert (done.returncode, "TARGET003" in done.stderr) == (1, True)


def test_one_target_and_one_environment(folder, render):
    render("-t", "compose", "--env", "stage")
    assert not (folder / "deploy/docker").exists()
    names = {file.name for file in (folder / "deploy/compose").iterdir()}
    assert {"compose.yaml", "compose.stage.yaml", ".env.stage.example"} <= names
    assert not names & {"compose.dev.yaml", "compose.prod.yaml", ".env.prod.example"}


@pytest.mark.parametrize("words", [("-t", "nowhere"), ("--env", "nowhere"), ("--secrets", "nowhere")])
def test_what_there_is_not_is_named(folder, render, words):
    done = render(*words)
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert not (folder / "deploy/compose").exists()


def test_the_report_says_how_each_promise_is_kept_and_writes_nothing(folder, render):
    done = render("--report")
    assert "| limits |" in done.stdout
    assert not (folder / "deploy").exists()


def test_secrets_are_made_in_a_closed_folder_and_what_a_person_gives_is_asked_for(folder, render):
    render()
    done = render("--secrets", "prod")
    assert done.returncode == 1
    assert "missing  PARTNER_KEY" in done.stderr
    (folder / "deploy/compose/.env.prod").write_text("PARTNER_KEY='it is $HOME'\n")
    done = render("--secrets", "prod")
    assert done.returncode == 0
    made = folder / "deploy/compose/secrets/prod"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert (made / "PARTNER_KEY").read_text() == "it is $HOME"
    assert "it is $HOME" not in done.stdout
    assert render("--check").returncode == 0
