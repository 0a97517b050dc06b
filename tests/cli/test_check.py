"""`stead check`: what it says, what it returns, what it fixes, and that it can be watched and hooked."""

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest

from check.rule_run import git
from cli.command import stead

BACKEND = """from stead import Backend, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("LIMIT", int, 5)])
backend = Backend("shop", services=[orders])
"""
CLEAN = '"""GET /health answers as all services do."""\n\nimport os\n\nLIMIT = os.environ["LIMIT"]\n'
ONE = ("--select", "SETTING010")


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders").mkdir()
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "orders" / "main.py").write_text(CLEAN)
    return tmp_path


@pytest.fixture
def wrong(shop):
    with (shop / "orders" / "main.py").open("a") as file:
        file.write('REGION = os.environ["REGION"]\n')
    return shop


def test_clean_is_0_and_a_finding_is_1(shop):
    assert stead("check", *ONE, folder=shop).returncode == 0
    (shop / "orders" / "main.py").write_text("import os\n\nos.environ['REGION']\n")
    done = stead("check", *ONE, folder=shop)
    assert done.returncode == 1
    assert done.stdout.startswith("orders/main.py:3:1 SETTING010 orders reads REGION")
    assert done.stderr == ""


def test_a_warning_is_a_finding(shop):
    (shop / "backend.py").write_text(f"print('loading')\n{BACKEND}")
    done = stead("check", "--select", "BACKEND005", folder=shop)
    assert done.returncode == 1
    assert "1 warning in 1 file" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is no backend.py here"),
        (["--select", "SETING010"], "did you mean SETTING010"),
        (["--ignore", "NOTHING"], "there is no rule NOTHING"),
        (["--format", "xml"], "xml"),
        (["--staged"], "not a git repository"),
        (["--live", *ONE], "nothing runs here"),
    ],
)
def test_what_cannot_be_checked_is_2(shop, words, said):
    done = stead("check", *words, folder=shop)
    assert done.returncode == 2
    assert said in done.stderr


def test_several_backends_are_one_report(shop, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "backend.py").write_text(BACKEND.replace('"orders",', '"Orders",'))
    done = stead("check", str(shop), str(other), "--select", "NAME,SETTING010", "--format", "json", folder=shop.parent)
    assert done.returncode == 1
    assert [each["code"] for each in json.loads(done.stdout)["findings"]] == ["NAME001"]


@pytest.mark.parametrize("text", ["raise ValueError('no')", "x = ", "backend = 1", "raise SystemExit(0)"])
def test_a_description_that_cannot_be_used_hides_nothing_else(shop, text):
    (shop / "backend.py").write_text(text)
    (shop / "orders" / "main.py").write_text("x = 1  # stead: ignore[NAME001]\n")
    done = stead("check", "--select", "BACKEND,SILENCE", "--format", "json", folder=shop)
    assert done.returncode == 1
    codes = [each["code"] for each in json.loads(done.stdout)["findings"]]
    assert codes[0].startswith("BACKEND")
    assert codes[1:] == ["SILENCE010"]


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_reports_for_programs_hold_nothing_else(shop, form):
    (shop / "backend.py").write_text(f"import os\nos.system('echo loud')\nprint('loud')\n{BACKEND}")
    done = stead("check", "--select", "BACKEND,SETTING010", "--format", form, folder=shop)
    assert done.returncode == 1
    assert "loud\n" not in done.stdout
    assert form == "github" or json.loads(done.stdout)


def test_what_is_silenced_is_shown_when_asked(wrong):
    file = wrong / "orders" / "main.py"
    file.write_text(
        file.read_text().replace('["REGION"]', '["REGION"]  # stead: ignore[SETTING010] the machine sets it')
    )
    assert "the machine" not in stead("check", *ONE, folder=wrong).stdout
    assert "silenced the machine sets it" in stead("check", *ONE, "--show-silenced", folder=wrong).stdout


# ---- what it fixes by itself


@pytest.fixture
def renamed(shop):
    """A folder that has a new name, which a Makefile does not know yet; one whose new name could be two; a picture."""
    for folder in ("backend-infra", "a-deploy", "b-deploy"):
        (shop / folder).mkdir()
        (shop / folder / "run.sh").write_text("#!/bin/sh\necho\n")
    (shop / "Makefile").write_text("run:\n\t./infra/run.sh\n\tsh deploy/run.sh\n")
    (shop / "README.md").write_text("# Shop\n\n<!-- graph: . -->\n\n```mermaid\n```\n")
    git(shop, "init", "-q", "-b", "main")
    git(shop, "add", ".")
    return shop


def test_fix_mends_what_needs_no_person_and_leaves_the_rest(renamed):
    done = stead("check", "--select", "PATH,FILE015,DRIFT", "--fix", folder=renamed)
    assert done.returncode == 1
    assert (renamed / "Makefile").read_text() == "run:\n\t./backend-infra/run.sh\n\tsh deploy/run.sh\n"
    assert git(renamed, "ls-files", "--stage", "backend-infra/run.sh").startswith("100755")
    assert 'orders["orders"]' in (renamed / "README.md").read_text()
    assert "fixed: stead graph . --write README.md" in done.stdout
    assert "3 found before, 1 now." in done.stdout
    assert "Makefile:3" in done.stdout
    again = stead("check", "--select", "PATH,FILE015,DRIFT", "--fix", folder=renamed)
    assert again.stdout.startswith("No finding can be fixed automatically.")


def test_what_fix_did_is_not_in_a_report_for_programs(renamed):
    done = stead("check", "--select", "PATH,FILE015,DRIFT", "--fix", "--format", "json", folder=renamed)
    assert len(json.loads(done.stdout)["findings"]) == 1
    assert "3 found before, 1 now." in done.stderr


# ---- before a commit


@pytest.fixture
def repository(wrong):
    git(wrong, "init", "-q", "-b", "main")
    (wrong / "other.py").write_text("x = 1\n")
    return wrong


def test_staged_tells_of_what_is_staged(repository):
    assert stead("check", "--staged", folder=repository).returncode == 0
    git(repository, "add", "other.py")
    assert stead("check", "--staged", *ONE, folder=repository).returncode == 0
    git(repository, "add", "orders")
    assert stead("check", "--staged", *ONE, folder=repository).returncode == 1


def test_a_revision_must_be_there(repository):
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "all")
    assert stead("check", "--against", "HEAD", *ONE, folder=repository).returncode == 1
    done = stead("check", "--against", "nowhere", *ONE, folder=repository)
    assert done.returncode == 2
    assert done.stderr == "there is no nowhere\n"


def test_a_removal_is_held_against_everything(repository):
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "all")
    git(repository, "rm", "-q", "other.py")
    assert stead("check", "--staged", *ONE, folder=repository).returncode == 1


# ---- at a terminal


def test_watch_checks_again(shop):
    """The first check and the one after a change; Ctrl-C ends it."""
    command = [sys.executable, "-P", "-m", "stead", "check", *ONE, "--watch"]
    main, inner = pty.openpty()
    watching = subprocess.Popen(command, cwd=shop, stdout=inner, stderr=inner, stdin=inner, start_new_session=True)
    os.close(inner)
    try:
        assert "No findings" in until(main, "Ctrl-C")
        time.sleep(0.3)  # for the watch to begin
        (shop / "orders" / "main.py").write_text(CLEAN + 'REGION = os.environ["REGION"]\n')
        assert "orders reads REGION" in until(main, "Ctrl-C")
        time.sleep(0.3)  # for it to wait again
    finally:
        watching.send_signal(2)
        os.set_blocking(main, False)
        status = watching.wait(10)
        os.close(main)
    assert status == 1


def until(terminal, word, seconds=20):
    said, end = "", time.monotonic() + seconds
    while word not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 65536).decode(errors="replace")
    return said
