"""A whole node of Kubernetes in namespaces of its own: Pods run, probes are asked, network policies are enforced."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cluster.programs import TOOL, program

PACKAGES = Path(__file__).with_name("debian-packages.txt")
# What each package is known by, where that is no program of its name.
KNOWN_BY = {"containernetworking-plugins": "/usr/lib/cni/bridge"}


def missing():
    """Say what is missing for a node; nothing when it can run."""
    if os.geteuid():
        return "only root can make a node: it needs namespaces of its own"
    if not TOOL.is_file():
        return "the program that starts a node is missing: name it, CLUSTER_TOOL=…"
    absent = [name for name in PACKAGES.read_text().split() if not shutil.which(KNOWN_BY.get(name, name))]
    return f"a node needs Debian's packages: apt-get install {' '.join(absent)}" if absent else ""


class Node:
    """Started on entering, ended on leaving."""

    def __init__(self, folder, *images) -> None:
        self.folder, self._images = Path(folder), images

    def __enter__(self):
        if why := missing():
            pytest.skip(why)
        self._tool("node", self.folder, *self._images, seconds=600)
        return self

    def __exit__(self, *_):
        self._tool("stop", self.folder, well=False)

    def run(self, *words, text=None, well=True, seconds=300, env=None):
        """Run a command inside of the node's namespaces."""
        return self._tool("exec", self.folder, *words, text=text, well=well, seconds=seconds, env=env)

    def tool(self, command):
        """Run a command of the tool on this node."""
        return self._tool(command, self.folder)

    def start(self, *words):
        """Start a command inside of the node's namespaces, whose output is read when it ends."""
        words = [str(TOOL), "exec", str(self.folder), *map(str, words)]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def kubectl(self, *words, **how):
        return self.run("kubectl", *words, **how)

    def name_image(self, name, by_digest):
        """Give an image that was imported the name, by digest, that manifests have for it."""
        where = ("ctr", "--address", self.folder / "run/c.sock", "--namespace", "k8s.io")
        self.run(*where, "images", "tag", "--force", name, by_digest)

    def refuse(self, host):
        """Let a host be there and refuse every connection: one that cannot be resolved is waited for, 100 s a pull."""
        with (self.folder / "hosts").open("a") as hosts:
            hosts.write(f"127.0.0.1 {host}\n")

    def _tool(self, *words, text=None, well=True, seconds=300, env=None):
        path = f"{Path(program('kubectl')).parent}:{os.environ['PATH']}"
        with (self.folder.parent / "tool.log").open("ab") as log:
            done = subprocess.run(
                [str(TOOL), *map(str, words)], input=text, capture_output=True, text=True,
                check=False, timeout=seconds, env={**os.environ, "PATH": path, **(env or {})},
            )  # fmt: skip
            log.write((done.stdout + done.stderr).encode())
        assert not well or done.returncode == 0, f"{words}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done
