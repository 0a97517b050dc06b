"""What a program reaches outside: the host that it declares, and no other. Asked are hosts of Debian's packages."""

import re

import pytest

from containers.docking import Composed, docker, stead

DECLARED, OTHER = "deb.debian.org", "security.debian.org"
BACKEND = f"""from stead import *
billing = Service("billing", command="bash wait.sh", folder="wait", port=None, egress=["{DECLARED}:80"])
quiet = Service("quiet", command="bash wait.sh", folder="wait", port=None)
backend = Backend("outside", services=[billing, quiet])
"""
ASK = r'timeout 5 bash -c "exec 3<>/dev/tcp/$1/80 && printf \"HEAD / HTTP/1.1\r\nHost: $1\r\n\r\n\" >&3 && head -1 <&3"'
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


@pytest.fixture(scope="module")
def outside(images, tmp_path_factory):
    for host in (DECLARED, OTHER):
        if "HTTP/" not in docker("run", "--rm", images["DEBIAN_BASE"], "bash", "-c", ASK, "bash", host, well=False):
            pytest.skip(f"a container does not reach {host} from here")
    folder = tmp_path_factory.mktemp("outside")
    (folder / "backend.py").write_text(BACKEND)
    (folder / "wait").mkdir()
    (folder / "wait/wait.sh").write_text("exec sleep infinity\n")
    stead("render", folder, environ=images)
    stead("render", folder, "--secrets", "dev", environ=images)
    with Composed(folder, "dev", images):
        yield


def answer(service, host):
    return docker("exec", f"outside-dev-{service}-1", "bash", "-c", ASK, "bash", host, well=False)


def test_a_program_reaches_the_host_that_it_declares_and_no_other(outside):
    assert answer("billing", DECLARED).startswith("HTTP/1.1 ")
    assert answer("billing", OTHER) == ""


def test_no_program_gets_past_its_way_out(outside):
    """Neither by an address, nor by the name of what another program declares, nor by its way out."""
    found = docker("exec", "outside-dev-billing-exit-1-1", "getent", "ahostsv4", DECLARED)
    assert answer("billing", ADDRESS.search(found)[0]) == ""
    for host in (DECLARED, OTHER, "billing-exit-1"):
        assert answer("quiet", host) == ""
