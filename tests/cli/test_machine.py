"""`stead version`, `stead doctor` and `stead completion`."""

import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.command import stead
from stead.cli import COMMANDS


def test_version_is_that_of_the_installed_package(tmp_path):
    assert stead("version", folder=tmp_path).stdout == stead("--version", folder=tmp_path).stdout
    said = stead("version", "--verbose", folder=tmp_path).stdout.splitlines()
    assert said[0] == version("stead")
    assert [line.split()[0] for line in said[1:]] == ["Stead", "Python"]


def test_doctor_names_what_the_machine_has(tmp_path):
    said = stead("doctor", folder=tmp_path)
    assert said.returncode == 0, said.stdout
    for name in ("Python", "Envoy", "PostgreSQL", "Redis"):
        assert f"has    {name} " in said.stdout
    assert "A backend can run here" in said.stdout


def test_doctor_says_how_to_get_what_is_missing(tmp_path):
    docker = f"unix://{tmp_path}/none"
    with tempfile.TemporaryDirectory() as short:  # the path of a socket is
        (Path(short) / f"stead-{os.getuid()}").touch()
        said = stead("doctor", folder=tmp_path, PATH=str(tmp_path), DOCKER_HOST=docker, XDG_RUNTIME_DIR=short)
    assert said.returncode == 1
    for name in ("git", "kubectl", "wrk", "docker", "Docker daemon", "sockets"):
        block = said.stdout.partition(f"lacks  {name:<14}")[2]
        assert block.splitlines()[1].strip().startswith("get it: "), said.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_a_shell_names_every_command_and_is_what_the_shell_reads(shell, tmp_path):
    said = stead("completion", shell, folder=tmp_path)
    assert said.returncode == 0
    for commands in COMMANDS.values():
        for name in commands:
            assert name in said.stdout
    program = shutil.which(shell)
    if program:
        read = subprocess.run([program, "-n"], input=said.stdout, text=True, capture_output=True, check=False)
        assert read.returncode == 0, read.stderr
