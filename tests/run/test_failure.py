"""What cannot run says why, and only once; what is refused is refused before anything is started."""

import os
import socket
import sys

import pytest

from run.conftest import Tiny

CODE = 'Service("{name}", command=["{python}", "-c", {code!r}])'


def described(name: str, code: str) -> str:
    return CODE.format(name=name, python=sys.executable, code=code)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What `stead up --wait` says of a backend in which all but one process cannot run."""
    tiny = Tiny(tmp_path_factory.mktemp("failing"))
    (tiny.folder / "broken.py").write_text("from nowhere_at_all import thing\n")
    services = [
        "plain",
        described("looping", "print(1 + 1); import nothing_of_that_name"),
        described("wrong", "print('PORT is no number'); raise SystemExit(78)"),
        'Service("absent", command="no-such-program --now")',
        'Service("broken", app="broken:create")',
        'Service("pulled", image="nginx@sha256:00")',
    ]
    try:
        process = tiny.describe(", ".join(services)).start("--wait")
        told, _ = process.communicate(timeout=90)
    finally:
        tiny.end()
    assert process.returncode == 1
    return told


def test_a_crash_loop_is_given_up_with_the_last_lines(said):
    assert "looping: restarting (ended with exit status 1; again in 0." in said
    assert "looping: failed (ended with exit status 1, 5 times in a row)" in said
    assert "| ModuleNotFoundError: No module named 'nothing_of_that_name'" in said
    assert "plain: healthy" in said


def test_wrong_settings_are_not_tried_again(said):
    assert "wrong: failed (its settings are wrong)\n  | PORT is no number" in said
    assert "wrong: restarting" not in said


def test_a_program_that_is_not_there(said):
    assert "absent: failed (its program was not found)\n  | no-such-program: No such file or directory" in said
    assert "absent: restarting" not in said


def test_an_app_that_does_not_import_shows_its_own_error(said):
    assert "broken: failed (its app cannot be loaded)" in said
    assert "| ModuleNotFoundError: No module named 'nowhere_at_all'" in said


def test_an_image_is_refused_and_said(said):
    assert "pulled: failed (needs a container engine: stead up runs apps and commands only)" in said


def test_a_job_before_that_fails_keeps_the_services_from_starting(tiny):
    tiny.describe("plain", 'jobs=[Job("prepare", command="false")]')
    process = tiny.start("--wait")
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "prepare: failed (ended with exit status 1)" in said
    assert "plain: failed (runs before the services, and prepare is failed)" in said


def test_all_missing_settings_at_once(tiny):
    key = 'Setting("PARTNER_KEY", secret=True, help="The partner\'s key.")'
    rest = 'Setting("PARTNER_URL"), Setting("PARTNER_LIMIT", int, minimum=1)'
    tiny.describe(f'plain, Service("needy", command="true", settings=[{key}, {rest}])')
    process = tiny.start(PARTNER_LIMIT="0")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "tiny cannot start: 3 of its settings cannot be used." in said
    assert "PARTNER_KEY is missing: The partner's key.  (needy)" in said
    assert "PARTNER_URL is missing  (needy)" in said
    assert "PARTNER_LIMIT is less than 1  (needy)" in said
    assert f"Set each in the environment, or in {tiny.folder / '.env.dev'}" in said


def test_a_port_in_use_says_who_and_what_to_do(tiny):
    tiny.describe("echo", 'gateway=Gateway("edge", fronts=[echo])')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = tiny.stead("up", str(tiny.folder), "--port", str(port))
    assert said.returncode == 1
    assert f"port {port} is in use by process" in said.stderr
    assert f"process {os.getpid()} " in said.stderr
    assert "choose another: stead up --port" in said.stderr


def test_a_description_that_does_not_import(tiny):
    (tiny.folder / "backend.py").write_text("import nothing_of_that_name\n")
    said = tiny.stead("up", str(tiny.folder))
    assert said.returncode == 1
    assert "nothing_of_that_name" in said.stderr
    assert "Traceback" not in said.stderr
    assert "src/stead" not in said.stderr


def test_a_folder_without_a_description(tiny):
    said = tiny.stead("up", str(tiny.folder))
    assert said.returncode == 1
    assert "there is no backend.py here" in said.stderr
    assert not (tiny.folder / ".stead").exists()
