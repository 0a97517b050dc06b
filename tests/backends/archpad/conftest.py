"""Archpad's services on fresh databases; its packages are found as when the backend runs: beside its backend.py."""

import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

FOLDER = Path(__file__).parents[3] / "backends" / "archpad"
sys.path.insert(0, str(FOLDER))

from arch_repo import app as repository_app  # noqa: E402 - the folder has to be found first
from arch_repo.service import ROUTES as REPOSITORY_ROUTES  # noqa: E402
from stead import Service  # noqa: E402
from stead.kit.caller import mint  # noqa: E402
from stead.kit.key import jwk_set, new_private_key, public_jwk, signing_key  # noqa: E402
from stead.testing.harness import alive, running  # noqa: E402
from stead.testing.loopback import listening  # noqa: E402
from tenant_service import app as tenant_app  # noqa: E402
from tenant_service.service import ROUTES as TENANT_ROUTES  # noqa: E402

TENANTS = Service("tenant-service", app="tenant_service.app:create", routes=TENANT_ROUTES)
REPOSITORY = Service("arch-repo-service", app="arch_repo.app:create", routes=REPOSITORY_ROUTES)


@pytest.fixture
def repository_database(new_database):
    return new_database(repository_app.MIGRATIONS)


@pytest.fixture
def tenants(tenant_database):
    """Start the tenant service; further environment variables as keywords."""

    @asynccontextmanager
    async def start(**environ):
        async with running(
            tenant_app.create, service=TENANTS, environ={"TENANT_DATABASE_URL": tenant_database, **environ}
        ) as app:
            yield app

    return start


@pytest.fixture
def tenant_database(new_database):
    return new_database(tenant_app.MIGRATIONS)


@pytest.fixture
def archpad(repository_database, tenant_database, monkeypatch):
    """Start the repository and a real tenant service that it asks; `tenant` founds a tenant for a user."""

    @asynccontextmanager
    async def start(**environ):
        private = new_private_key("arch-repo-service")
        keys = {
            "arch-repo-service": public_jwk(private, "arch-repo-service", ("membership",)),
            "api-gateway": public_jwk(gateway := new_private_key("api-gateway"), "api-gateway", ("front",)),
        }
        told = {
            "SERVICE_NAME": "tenant-service",
            "SERVICE_JWT_KEYS": jwk_set(keys),
            "TENANT_DATABASE_URL": tenant_database,
        }
        with monkeypatch.context() as patch:
            for name, value in told.items():
                patch.setenv(name, value)
            people = tenant_app.create()
        async with alive(people), listening(people) as url:
            given = {
                "PROJECT_DATABASE_URL": repository_database,
                "SERVICE_JWT_SECRET": private,
                "TENANT_SERVICE_URL": url,
                "MEMBERSHIP_SECONDS": "0",
                **environ,
            }
            async with running(repository_app.create, service=REPOSITORY, environ=given) as app:
                yield Archpad(app, url, gateway)

    return start


class Archpad:
    """The repository, asked as people ask it, and the tenant service beside it."""

    def __init__(self, app, url, gateway):
        self.app, self.url, self.gateway = app, url, gateway

    async def tenants(self, method, path, user, **sent):
        token = mint(signing_key(self.gateway), "api-gateway", "tenant-service", ("front",), now=time.time())
        headers = {"x-user-id": user, "x-service-token": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers) as client:
            return await client.request(method, path, **sent)

    async def tenant(self, user):
        made = await self.tenants("POST", "/v1/tenants", user, json={"name": "A tenant"})
        assert made.status_code == 201, made.text
        return f"/v1/tenants/{made.json()['id']}"

    async def element(self, tenant, user, kind="ApplicationComponent", name="Cards", **more):
        body = {"kind": kind, "name": name, **more}
        answer = await self.app.post(f"{tenant}/elements", json=body, user=user)
        assert answer.status_code == 201, answer.text
        return answer.json()
