"""Argo CD's own controller on a node, and the repository that it syncs from."""

import json
import subprocess
import sys
import time

WATCHED = "applications.argoproj.io"


class Argo:
    """The controller, syncing the rendered files of a backend that is shipped."""

    def __init__(self, shipped) -> None:
        self._shipped, self.folder = shipped, shipped.folder
        self.origin = shipped.folder.parent / "origin.git"

    def start(self):
        """Make the repository, push what `stead gitops init` commits, and let Argo CD know its Application."""
        self._shipped.node.tool("argo")
        git(self.folder.parent, "init", "--quiet", "--bare", "-b", "main", self.origin)
        git(self.folder, "init", "--quiet", "-b", "main")
        for key, value in (("user.name", "Ann"), ("user.email", "ann@example.com"), ("commit.gpgsign", "false")):
            git(self.folder, "config", key, value)
        git(self.folder, "remote", "add", "origin", self.origin)
        self.stead("gitops", "init", self.folder)
        self.push()
        manifests = self.folder / "deploy/kubernetes/prod/argocd"
        self._shipped.node.kubectl("apply", "--server-side", "--filename", manifests)

    def push(self):
        git(self.folder, "push", "--quiet", "origin", "main")

    def commit(self, message):
        """Commit what is changed in deploy/, push it, and let Argo CD look at once."""
        git(self.folder, "add", "--all", "deploy")
        git(self.folder, "commit", "--quiet", "--message", message)
        self.push()
        refresh = "argocd.argoproj.io/refresh=hard"
        self._shipped.node.kubectl("annotate", WATCHED, "--all", refresh, "--overwrite", "--namespace=argocd")

    def stead(self, *words, well=True):
        """Run stead on the node; return its status and what it said."""
        command = (sys.executable, "-P", "-m", "stead", *words)
        done = self._shipped.node.run(*command, well=well, seconds=900)
        return done.returncode, done.stdout + done.stderr

    def ship(self, *words, well=True):
        return self.stead("ship", "gitops", self.folder, "--env=prod", "--wait", *words, well=well)

    def applications(self):
        """Return each Application's sync status and health."""
        text = self._shipped.node.kubectl("get", WATCHED, "--namespace=argocd", "--output=json").stdout
        found = {each["metadata"]["name"]: each.get("status", {}) for each in json.loads(text)["items"]}
        return {name: (each["sync"]["status"], each["health"]["status"]) for name, each in found.items()}

    def head(self):
        return git(self.folder, "rev-parse", "HEAD").strip()

    def subjects(self):
        return git(self.origin, "log", "--format=%s", "main").splitlines()


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(holds, seconds=300):  # the controller heals at once, and on a loaded machine within minutes
    """Wait until something holds; return whether it came to that."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(1)
    return True
