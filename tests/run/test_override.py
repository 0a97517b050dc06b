"""A value that a person gave and that loses to the description is told once, with both places."""

REST = (
    'environments=[Environment("dev"), Environment("staging", values={plain: {"GREETING": "staged"}}, without=[echo])]'
)


def test_stead_up_env_runs_like_that_environment(tiny):
    tiny.describe("echo, plain", REST)
    tiny.start("--env", "staging")
    state = tiny.until_settled()
    assert (state["environment"], state["well"]) == ("staging", True)
    assert tiny.process("echo", state)["state"] == "skipped"
    assert "staging" in (tiny.folder / ".stead" / "run.json").read_text()


def test_an_environment_that_is_not_declared_is_refused(tiny):
    process = tiny.describe("plain", REST.replace("[echo]", "[]")).start("--env", "stagging")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "tiny has no environment stagging; it has dev, staging" in said


def test_what_is_overridden_is_said_once_with_both_places(tiny):
    tiny.describe("plain", 'environments=[Environment("dev", values={plain: {"GREETING": "mine"}})]')
    (tiny.folder / ".env.dev").write_text("# of mine\nexport GREETING=yours\n")
    process = tiny.start("--wait", ENVIRONMENT="staging", VERSION="1.2.3")
    said, _ = process.communicate(timeout=30)
    line = 1 + next(
        n for n, text in enumerate((tiny.folder / "backend.py").read_text().splitlines()) if "Backend(" in text
    )
    assert said.count(f"GREETING in .env.dev:2 is not used: backend.py:{line} sets it for dev (plain)") == 1
    assert said.count("ENVIRONMENT in the process environment is not used: this run is dev; choose another by") == 1
    assert said.count("VERSION in the process environment is not used: the version is that of the backend's") == 1
    assert "yours" not in said


def test_a_value_that_is_the_same_is_not_told(tiny):
    tiny.describe("plain")
    process = tiny.start("--wait", ENVIRONMENT="dev", GREETING="hello")
    said, _ = process.communicate(timeout=30)
    assert "is not used" not in said
