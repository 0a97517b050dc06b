"""A baseline accepts what is there, tells what is new, and only gets smaller; `--new` needs a revision and no file."""

import json

import pytest

from check.rule_run import git
from cli.command import stead
from stead.check.revision import checkout

BACKEND = """from stead import Backend, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("LIMIT", int, 5)])
backend = Backend("shop", services=[orders])
"""
CLEAN = '"""GET /health answers as all services do."""\n\nimport os\n\nLIMIT = os.environ["LIMIT"]\n'
REGION = 'REGION = os.environ["REGION"]\n'
ONE = ("--select", "SETTING010")
FILE = "baseline.json"
KEPT = ("--baseline", FILE)


@pytest.fixture
def shop(tmp_path):
    """A backend with one finding, in a repository."""
    root = tmp_path.resolve() / "shop"
    (root / "orders").mkdir(parents=True)
    (root / "backend.py").write_text(BACKEND)
    (root / "orders" / "main.py").write_text(CLEAN + REGION)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    return root


def check(root, *words, **environ):
    return stead("check", *ONE, *words, folder=root, **{"CI": "", **environ})


def findings(done):
    return [each["message"] for each in json.loads(done.stdout)["findings"]]


def add(root, text, before=False):
    file = root / "orders" / "main.py"
    file.write_text(text + file.read_text() if before else file.read_text() + text)


def test_a_first_check_writes_what_it_accepts(shop):
    done = check(shop, *KEPT)
    assert (done.returncode, done.stderr) == (0, f"wrote {FILE}: it accepts 1 finding; commit it\n")
    assert "No new findings. 1 accepted in baseline.json." in done.stdout
    entries = json.loads((shop / FILE).read_text())["findings"]
    assert [(each["file"], each["code"]) for each in entries] == [("orders/main.py", "SETTING010")]


def test_only_what_the_baseline_lacks_is_told(shop):
    check(shop, *KEPT)
    add(shop, 'ZONE = os.environ["ZONE"]\n')
    done = check(shop, *KEPT, "--format", "json")
    assert done.returncode == 1
    assert [message.split(",")[0] for message in findings(done)] == ["orders reads ZONE"]
    (accepted,) = json.loads(done.stdout)["accepted"]
    assert accepted["reason"] == "accepted in baseline.json"


def test_a_line_that_has_moved_is_not_new(shop):
    check(shop, *KEPT)
    before = (shop / FILE).read_text()
    add(shop, "\n# one more\n\n", before=True)
    assert check(shop, *KEPT).returncode == 0
    assert (shop / FILE).read_text() == before


def test_what_is_mended_is_removed_and_is_new_when_it_comes_back(shop):
    check(shop, *KEPT)
    (shop / "orders" / "main.py").write_text(CLEAN)
    done = check(shop, *KEPT)
    assert (done.returncode, done.stderr) == (0, f"{FILE}: 1 finding gone, and removed from it; commit it\n")
    assert json.loads((shop / FILE).read_text())["findings"] == []
    add(shop, REGION)
    assert check(shop, *KEPT).returncode == 1
    assert json.loads((shop / FILE).read_text())["findings"] == []


def test_a_check_judges_only_what_it_asked(shop):
    check(shop, *KEPT)
    (shop / "orders" / "main.py").write_text(CLEAN)
    before = (shop / FILE).read_text()
    assert stead("check", "--select", "PATH", *KEPT, folder=shop).returncode == 0
    assert (shop / FILE).read_text() == before


def test_nothing_is_removed_while_the_description_cannot_be_used(shop):
    check(shop, *KEPT)
    before = (shop / FILE).read_text()
    (shop / "backend.py").write_text("x = ")
    check(shop, *KEPT)
    assert (shop / FILE).read_text() == before


def test_an_unusable_description_writes_no_baseline(shop):
    (shop / "backend.py").write_text("x = ")
    done = stead("check", *KEPT, folder=shop, CI="")
    assert done.returncode == 1
    assert "was not written: some rules failed" in done.stderr
    assert not (shop / FILE).exists()


def test_continuous_integration_and_a_commit_write_no_baseline(shop):
    done = check(shop, *KEPT, CI="true")
    assert done.returncode == 2
    assert done.stderr.startswith(f"there is no {FILE}\n  continuous integration does not write it")
    git(shop, "commit", "-q", "--allow-empty", "-m", "two")
    done = check(shop, *KEPT, "--staged")
    assert done.returncode == 2
    assert "a check of the staged files does not write it" in done.stderr
    assert not (shop / FILE).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"version": 1,\n<<<<<<< HEAD\n', "baseline.json:3 is not JSON"),
        ("[]", "is not a baseline of version 1"),
        ('{"version": 2, "findings": []}', "is not a baseline of version 1"),
        ('{"version": 1, "findings": {}}', "findings is not a list"),
        ('{"version": 1, "findings": [7]}', "entry 1 needs the texts"),
        ('{"version": 1, "findings": [{"file": "a", "code": "b", "message": "c", "count": -1}]}', "entry 1 needs"),
        ("\udcff", "it is not text"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_said_with_a_way_out(shop, text, said):
    (shop / FILE).write_bytes(text.encode(errors="surrogateescape"))
    done = check(shop, *KEPT)
    assert done.returncode == 2
    assert said in done.stderr
    assert "write it again: stead check --baseline baseline.json" in done.stderr


def test_a_finding_of_a_rule_that_there_is_no_more_is_removed(shop):
    entry = {"file": "orders/main.py", "code": "GONE010", "message": "x"}
    (shop / FILE).write_text(json.dumps({"version": 1, "findings": [entry]}))
    check(shop, *KEPT)
    assert json.loads((shop / FILE).read_text())["findings"] == []


# ---- since a revision


def test_what_has_come_since_a_revision_is_told_alone(shop):
    assert check(shop, "--new", "main").returncode == 0
    add(shop, 'ZONE = os.environ["ZONE"]\n', before=False)
    add(shop, "\n\n", before=True)
    done = check(shop, "--new", "HEAD", "--format", "json")
    assert done.returncode == 1
    assert [message.split(",")[0] for message in findings(done)] == ["orders reads ZONE"]
    assert [each["reason"] for each in json.loads(done.stdout)["accepted"]] == ["there at HEAD"]


def test_a_revision_is_checked_with_what_git_has_of_its_files(shop):
    """Whether a script may be run is asked of git: the finding is one at the revision, too."""
    (shop / "run.sh").write_text("#!/bin/sh\necho 1\n")
    (shop / "Makefile").write_text("all:\n\t./run.sh\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "two")
    assert stead("check", "--select", "FILE015", folder=shop).returncode == 1
    assert stead("check", "--select", "FILE015", "--new", "HEAD", folder=shop).returncode == 0


def test_a_revision_without_a_description_makes_everything_new(shop):
    (shop / "again").mkdir()
    git(shop, "mv", "backend.py", "again/backend.py")
    git(shop, "mv", "orders", "again/orders")
    done = stead("check", "again", *ONE, "--new", "HEAD", "--format", "json", folder=shop)
    assert done.returncode == 1
    assert json.loads(done.stdout)["notes"] == ["HEAD has no again/backend.py: everything is new"]


@pytest.mark.parametrize("revision", ["nowhere", "--help", "HEAD~7"])
def test_a_revision_that_is_not_there_is_said(shop, revision):
    done = check(shop, f"--new={revision}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"there is no {revision}\n"


def test_no_repository_is_said(tmp_path):
    (tmp_path / "backend.py").write_text(BACKEND)
    done = stead("check", *ONE, "--new", "HEAD", folder=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert done.returncode == 2
    assert "not a git repository" in done.stderr


def test_a_revision_is_written_as_git_has_it_and_nothing_is_left(shop):
    (shop / "run.sh").write_text("#!/bin/sh\r\n")
    (shop / "run.sh").chmod(0o755)
    (shop / "out").symlink_to("/etc")
    (shop / "large").write_bytes(b"x" * 2_500_000)
    git(shop, "add", "-A")
    git(shop, "commit", "-qm", "two")
    with checkout(shop, "HEAD") as folder:
        assert (folder / "run.sh").read_bytes() == b"#!/bin/sh\r\n"
        assert (folder / "run.sh").stat().st_mode & 0o111
        assert (folder / "out").is_symlink()
        assert (folder / "large").stat().st_size == 2_500_000
        assert git(folder, "ls-files") == git(shop, "ls-files")
        assert git(folder, "diff", "--name-only") == "large", "it is as large, and holds nothing"
    assert not folder.exists()
