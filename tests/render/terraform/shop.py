"""A backend that needs one of each thing, in an environment of each provider; and Terraform itself, run."""

import os
import shutil
import subprocess

import pytest
import yaml

from stead.model import (
    Backend,
    Bucket,
    Environment,
    ExternalSecrets,
    Gateway,
    Infrastructure,
    Kubernetes,
    Postgres,
    Redis,
    Route,
    Server,
    Service,
    Setting,
)
from stead.render.targets import generated

ENVIRONMENTS = {"dev": "local", "staging": "yandex", "prod": "aws"}
FULL = {"versioned": True, "expire_days": 30}


def shop(environments=ENVIRONMENTS, bucket=FULL, secrets=None, **changes):
    orders = Service(
        "orders",
        app="shop:orders",
        needs=[Postgres("DATABASE_URL"), Redis("REDIS_URL"), Bucket("PICTURES_URL", **bucket)],
        settings=[Setting("PAY_KEY", secret=True)],
        routes=[Route.public("GET", "/v1/orders")],
    )
    gateway = Gateway("edge", fronts=[orders])
    made = [environment(name, provider, secrets, changes) for name, provider in environments.items()]
    return Backend("shop", gateway=gateway, services=[orders], environments=made, registry="r.example/shop")


def environment(name, provider, secrets, changes):
    servers = {server: Server(port, namespace="data") for server, port in (("postgres", 1), ("redis", 2), ("s3", 3))}
    words = {"provider": provider, "state": "" if provider == "local" else "shop-state"} | changes
    place = Kubernetes(
        f"shop-{name}", host=f"{name}.example.com", gateway="edge/public", servers=servers,
        secrets=secrets or ExternalSecrets("store", f"shop/{name}"),
    )  # fmt: skip
    return Environment(name, kubernetes=place, infrastructure=Infrastructure(**{"dns_zone": "example.com", **words}))


def asked_for(backend, environment):
    """Return the keys that the ExternalSecrets of an environment ask their store for."""
    trees = [
        yaml.safe_load(text)
        for path, text in generated(backend, ["kubernetes"]).items()
        if f"/{environment}/" in path and "kind: ExternalSecret" in text
    ]
    return {each["remoteRef"]["key"] for tree in trees for each in tree["spec"]["data"]}


def terraform(folder, *words, reach=None):
    """Run Terraform in a folder; return its status and all that it says."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not on PATH: https://developer.hashicorp.com/terraform/install")
    settings = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    command = [program, *words, "-no-color"] if words[0] != "output" else [program, *words]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, **settings, **(reach or {})},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
