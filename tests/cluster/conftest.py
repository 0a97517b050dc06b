"""One API server and one Vault for all tests of a run."""

import subprocess
from pathlib import Path

import pytest

from cluster.api_server import ApiServer
from cluster.programs import PACKED
from cluster.vault_server import VaultServer

CRDS = PACKED.parent / "crds"


@pytest.fixture(scope="session")
def api_server(tmp_path_factory):
    with ApiServer(tmp_path_factory.mktemp("api-server")) as server:
        yield server


@pytest.fixture(scope="session")
def with_crds(api_server):
    """The API server knows Argo CD's kinds and the Gateway API's, where their definitions are at hand."""
    folder = CRDS
    if not folder.is_dir():
        pytest.skip(
            f"the custom resource definitions are missing: they are looked for in {folder.name}/ beside the programs"
        )
    api_server.kubectl("apply", "--server-side", "-f", folder)
    api_server.kubectl("wait", "--for=condition=established", "--timeout=30s", "crd", "--all")
    return api_server


@pytest.fixture(scope="session")
def vault(tmp_path_factory, api_server):
    with VaultServer(tmp_path_factory.mktemp("vault")) as server:
        server.trust(api_server)
        yield server


@pytest.fixture
def repository(tmp_path):
    """An empty git repository."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(tmp_path)], check=True)
    return Path(tmp_path)
