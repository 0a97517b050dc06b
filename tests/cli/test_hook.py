"""`stead hook`: commits are held back by what is wrong in them, and nobody's hook is lost."""

import re
import subprocess
from pathlib import Path

import pytest

from check.rule_run import git
from cli.command import stead

BACKEND = """from stead import Backend, Service, Setting

orders = Service("orders", command="python main.py", folder="orders", settings=[Setting("LIMIT", int, 5)])
backend = Backend("shop", services=[orders])
"""
CLEAN = '"""GET /health answers as all services do."""\n\nimport os\n\nLIMIT = os.environ["LIMIT"]\n'
FOREIGN = "#!/bin/sh\necho foreign >> hook.log\n"


@pytest.fixture
def repository(tmp_path):
    """A repository with a backend below its top, and a name for who commits."""
    shop = tmp_path / "backends" / "shop"
    (shop / "orders").mkdir(parents=True)
    (shop / "backend.py").write_text(BACKEND)
    (shop / "orders" / "main.py").write_text(CLEAN)
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def hook(repository):
    return repository / ".git" / "hooks" / "pre-commit"


def commit(repository):
    git(repository, "add", ".")
    words = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "all"]
    return subprocess.run(words, cwd=repository, capture_output=True, text=True, timeout=60, check=False)


def break_it(repository):
    with (repository / "backends" / "shop" / "orders" / "main.py").open("a") as file:
        file.write('REGION = os.environ["REGION"]\n')


def test_a_commit_is_held_back(repository):
    assert stead("hook", "install", "backends/shop", folder=repository).returncode == 0
    break_it(repository)
    done = commit(repository)
    assert done.returncode == 1
    assert "backends/shop/orders/main.py:6:10 SETTING010" in done.stdout + done.stderr


def test_a_foreign_hook_is_refused_then_kept_then_given_back(repository):
    hook(repository).write_text(FOREIGN)
    hook(repository).chmod(0o755)
    done = stead("hook", "install", "backends/shop", folder=repository)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert hook(repository).read_text() == FOREIGN
    assert stead("hook", "install", "backends/shop", "--force", folder=repository).returncode == 0
    break_it(repository)
    assert commit(repository).returncode == 1
    assert (repository / "hook.log").read_text() == "foreign\n"
    assert stead("hook", "remove", "backends/shop", folder=repository).returncode == 0
    assert hook(repository).read_text() == FOREIGN


def test_a_kept_hook_is_not_overwritten(repository):
    hook(repository).with_name("pre-commit.before-stead").write_text("#!/bin/sh\n# precious\n")
    hook(repository).write_text(FOREIGN)
    done = stead("hook", "install", "backends/shop", "--force", folder=repository)
    assert done.returncode == 1
    assert "move it away" in done.stderr
    assert hook(repository).read_text() == FOREIGN


def test_installed_twice_it_is_there_once_and_a_second_backend_is_added(repository):
    other = repository / "backends" / "other one"
    other.mkdir()
    (other / "backend.py").write_text(BACKEND)
    for path in ("backends/shop", "backends/shop", "backends/other one"):
        assert stead("hook", "install", path, folder=repository).returncode == 0
    assert hook(repository).read_text().splitlines()[-1].endswith(" -- backends/shop 'backends/other one'")
    assert stead("hook", "remove", "backends/shop", folder=repository).returncode == 0
    assert not hook(repository).exists()
    assert stead("hook", "remove", "backends/shop", folder=repository).returncode == 1


def test_where_there_is_no_git(tmp_path):
    (tmp_path / "backend.py").write_text(BACKEND)
    done = stead("hook", "install", folder=tmp_path)
    assert done.returncode == 1
    assert "not a git repository" in done.stderr


def test_the_hook_of_pre_commit_asks_what_there_is(repository):
    """What `.pre-commit-hooks.yaml` starts, with the folder that a user of it gives."""
    text = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    (entry,) = re.findall(r"^  entry: stead (.+)$", text, re.M)
    git(repository, "add", ".")
    assert stead(*entry.split(), "backends/shop", "--select", "SETTING010", folder=repository).returncode == 0
    break_it(repository)
    git(repository, "add", ".")
    assert stead(*entry.split(), "backends/shop", "--select", "SETTING010", folder=repository).returncode == 1


def test_a_script_that_does_not_parse_is_held_back(repository):
    assert stead("hook", "install", "backends/shop", folder=repository).returncode == 0
    script = repository / "backends/shop/tidy.sh"
    script.write_text("#!/bin/sh\nif true; then\n  echo tidy\n")
    script.chmod(0o755)
    done = commit(repository)
    assert done.returncode == 1
    assert "backends/shop/tidy.sh" in done.stdout + done.stderr
    assert "FILE018" in done.stdout + done.stderr


def test_a_workflow_at_the_top_that_passes_failures_over_is_held_back(repository):
    assert stead("hook", "install", "backends/shop", folder=repository).returncode == 0
    assert commit(repository).returncode == 0
    workflow = repository / ".github/workflows/ci.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test || true\n"
    )
    done = commit(repository)
    assert done.returncode == 1
    assert "GITHUB014" in done.stdout + done.stderr
