"""A shop in a git repository that is shipped by commits."""

import json
import subprocess

DESCRIPTION = """
from stead import Backend, Environment, Gateway, Gitops, Kubernetes, Route, Service

orders = Service("orders", app="shop:orders", routes=[Route.public("GET", "/v1/orders")])

def place(namespace, **words):
    return Kubernetes(namespace, gitops=Gitops("https://git.example.com/shop.git", **words), helm=True)

backend = Backend("shop", gateway=Gateway("edge", fronts=[orders]), services=[orders], registry="r.example/shop",
    environments=[Environment("dev", kubernetes=place("shop-dev")),
        Environment("staging", kubernetes=place("shop-stage")),
        Environment("prod", kubernetes=place("shop", tag="v*"))])
"""
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def clone(tmp_path, name, description=""):
    git(tmp_path, "clone", "--quiet", "origin.git", name)
    folder = tmp_path / name
    if description:
        git(folder, "switch", "--quiet", "-c", "main")
        (folder / "backend.py").write_text(description)
        git(folder, "add", "backend.py")
        git(folder, "commit", "--quiet", "-m", "Describe the shop")
        git(folder, "push", "--quiet", "origin", "main")
    return folder


def ship(run, folder, environment, version="", *words):
    given = ("--version", version) if version else ()
    return run("ship", "gitops", folder, "--env", environment, *given, *words)


def release(folder, environment):
    return json.loads((folder / f"deploy/releases/{environment}.json").read_text())


def pre_commit(folder, script):
    """Let a hook refuse or take each commit."""
    hook = folder / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)
