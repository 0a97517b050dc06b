"""What the commands ask of containers is signed with the keys that the containers have."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from stead.kit.key import new_private_key
from stead.ops.containers import Containers

BACKEND = Path(__file__).parents[2] / "backends/rewards/backend.py"


@pytest.fixture
def containers(tmp_path):
    """The containers of rewards, whose secrets are there; a service that calls nobody has an empty file for a key."""
    shutil.copy(BACKEND, tmp_path)
    secrets = tmp_path / "deploy/compose/secrets/dev"
    secrets.mkdir(parents=True)
    (secrets / "auth-service.SERVICE_JWT_SECRET").write_text(new_private_key("auth-service"))
    (secrets / "SERVICE_JWT_SECRET").touch()
    return Containers(tmp_path)


@pytest.mark.parametrize("caller", ["auth-service", "token-service", "points-service"])
def test_every_process_can_be_tried_as_a_caller(containers, caller):
    token = containers.service_token(caller, "points-service", ["award"]).removeprefix("Bearer ")
    header, claims, _ = (json.loads(base64.urlsafe_b64decode(f"{part}==")) if at < 2 else part
                         for at, part in enumerate(token.split(".")))  # fmt: skip
    assert (header["kid"], claims["sub" if "sub" in claims else "iss"]) == (caller, caller)
