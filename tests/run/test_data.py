"""What services keep on this machine: seeded by their own commands, seen in the bucket, and reset."""

import sys

import pytest

MIGRATE = """
import os
import psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    database.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
"""
SEED = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    database.execute("INSERT INTO notes VALUES ('a note')")
"""
BEFORE = f"""
            database = Postgres()
            stored = Service("stored", command="python plain.py", health=Health("/up", contract=False),
                             needs=[database, Redis(), Bucket("BUCKET_URL")], seed="{sys.executable} seed.py")
            bare = Service("bare", command="sleep 600", port=None)
            broken = Service("broken", command="sleep 600", port=None, seed="python -c 'raise SystemExit(3)'")
            lost = Service("lost", command="sleep 600", port=None, seed="nowhere --all")
"""
REST = f'jobs=[Job("migrate", command="{sys.executable} migrate.py", needs=[database])]'
COUNT = "SELECT count(*) FROM notes"


@pytest.fixture(scope="module")
def run(shared):
    for name, text in {"migrate": MIGRATE, "seed": SEED}.items():
        (shared.folder / f"{name}.py").write_text(text)
    shared.describe("stored, bare, broken, lost", REST, BEFORE).start()
    shared.until(lambda state: state["settled"] and state["well"], 60)
    return shared


def rows(run):
    return run.stead("psql", "stored", str(run.folder), "--", "-Atc", COUNT).stdout.strip()


def test_a_service_is_seeded_by_its_own_command_in_its_environment(run):
    done = run.stead("seed", "stored", str(run.folder))
    assert (done.returncode, done.stdout) == (0, "stored is seeded\n"), done.stderr
    assert rows(run) == "1"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bare", 'bare has no seed command: add seed="python seed.py" to its Service'),
        ("broken", "the seed of broken ended with exit status 3"),
        ("lost", "the seed of lost cannot be run: there is no program nowhere on the PATH"),
        ("nobody", "there is no service nobody; there are bare, broken, lost, stored"),
    ],
)
def test_a_seed_that_cannot_be_run_is_told_with_its_place(run, name, said):
    done = run.stead("seed", name, str(run.folder))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bucket_is_listed_read_and_written_as_its_service(run, tmp_path):
    (tmp_path / "tea.txt").write_text("Hot.")
    where = ("s3", "stored", str(run.folder), "--")
    assert run.stead(*where, "put", str(tmp_path / "tea.txt"), "notes/tea").returncode == 0
    assert run.stead("s3", str(run.folder)).stdout == "           4  notes/tea\n"
    assert run.stead(*where, "ls", "other/").stdout == ""
    assert run.stead(*where, "get", "notes/tea").stdout == "Hot."
    assert run.stead(*where, "get", "notes/tea", str(tmp_path / "back")).returncode == 0
    assert (tmp_path / "back").read_text() == "Hot."
    assert "AWS_ENDPOINT_URL_S3='http://127.0.0.1:" in run.stead(*where, "env").stdout
    gone = run.stead(*where, "rm", "notes/coffee")
    assert (gone.returncode, "notes/coffee" in gone.stderr) == (1, True)
    assert run.stead(*where, "rm", "notes/tea").returncode == 0
    assert run.stead(*where).stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mv", "a", "b"), "stead s3 does not know 'mv'; after -- write one of ls, get, put, rm, env"),
        (("get",), "get takes 1 to 2 arguments; 0 are given"),
        (("put", "nowhere.txt"), "there is no file nowhere.txt"),
        (("get", "nothing"), "nothing"),
    ],
)
def test_what_cannot_be_done_with_a_bucket_is_told(run, words, said):
    done = run.stead("s3", "stored", str(run.folder), "--", *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_data_are_reset_and_the_migration_runs_again(run, tmp_path):
    where = str(run.folder)
    run.stead("seed", "stored", where)
    (tmp_path / "tea.txt").write_text("Hot.")
    run.stead("s3", where, "--", "put", str(tmp_path / "tea.txt"))
    run.stead("redis", where, "--", "set", "tiny_stored:tea", "hot")
    pid = run.process("stored")["pid"]
    assert rows(run) != "0"
    asked = run.stead("reset", "stored", where)
    assert "all data of stored would be deleted: add --yes" in asked.stderr
    done = run.stead("reset", "stored", where, "--yes")
    assert sorted(done.stdout.splitlines()) == [
        "migrate, stored: DATABASE_URL is empty again",
        "stored: BUCKET_URL is empty again",
        "stored: REDIS_URL is empty again",
    ], done.stderr
    run.until(lambda state: state["settled"] and run.process("stored", state)["pid"] not in (None, pid), 60)
    assert rows(run) == "0"
    assert run.stead("redis", where, "--", "get", "tiny_stored:tea").stdout.strip() == ""
    assert run.stead("s3", where).stdout == ""
    nothing = run.stead("reset", "bare", where, "--yes")
    assert (nothing.returncode, nothing.stderr) == (1, "bare has no data here: there is nothing to reset\n")
