"""The agent of a gateway in a container: what it makes of its environment before it keeps anything."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import stead
from stead.gateway.start import Container, deployment_of, given_settings, main
from stead.kit.key import new_private_key

ROOT = Path(__file__).parents[2]
CONTAINER = Container("/run/gateway")


def test_the_site_is_that_of_the_environment():
    backend, traces = stead.load(ROOT / "backends/tigrit"), {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    deployment = deployment_of(
        backend, CONTAINER, {"ENVIRONMENT": "prod", "VERSION": "v1", "ACCESS_TOKEN_AUDIENCE": "app"} | traces
    )
    assert (deployment.environment, deployment.version, deployment.listen.port) == ("prod", "v1", 8080)
    assert (deployment.upstreams["game"].host, deployment.upstreams["game"].port) == ("game", 8000)
    assert "telegram" not in deployment.upstreams, "prod is without it"
    assert deployment.values == {"ACCESS_TOKEN_AUDIENCE": "app"} | traces
    assert deployment.collector == "http://collector:4318"
    assert deployment.max_heap < backend.gateway.limits.memory * 1024 * 1024


def test_secrets_may_be_files_and_are_no_values_of_the_site(tmp_path):
    backend = stead.load(ROOT / "backends/rewards")
    (tmp_path / "key").write_text("a secret of thirty-two characters\n")
    environ = {"CLERK_ISSUER": "https://c.example", "CLERK_JWT_SECRET_FILE": str(tmp_path / "key")}
    environ |= given_settings(backend.gateway, environ)
    assert environ["CLERK_JWT_SECRET"] == "a secret of thirty-two characters"
    deployment = deployment_of(backend, CONTAINER, environ | {"CLERK_AUTHORIZED_PARTIES": "https://a, https://b"})
    assert "CLERK_JWT_SECRET" not in deployment.values
    assert deployment.values["CLERK_AUTHORIZED_PARTIES"] == ("https://a", "https://b")


def test_what_is_missing_is_said_at_once(tmp_path, capsys):
    words = [str(ROOT / "backends/rewards"), str(tmp_path), "8080", "8000"]
    assert main(words, {"ENVIRONMENT": "prod"}) == 78
    assert "CLERK_ISSUER has no value" in capsys.readouterr().err
    assert main([], {}) == 64


def test_it_writes_what_envoy_is_told_and_then_keeps_until_it_is_stopped(tmp_path):
    (tmp_path / "secret").write_text(new_private_key("gateway"))
    environ = {"ENVIRONMENT": "prod", "VERSION": "v7", "SERVICE_JWT_SECRET_FILE": str(tmp_path / "secret")}
    environ |= {"SESSIONS_SERVICE_URL": "http://sessions:8000", "PATH": os.environ["PATH"]}
    words = [str(ROOT / "backends/tigrit"), str(tmp_path), "8080", "8000"]
    command = [sys.executable, "-m", "stead.gateway.start", *words]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) as agent:
        token = tmp_path / "tokens" / "game.json"
        until = time.monotonic() + 20
        while not token.exists() and time.monotonic() < until:
            time.sleep(0.05)
        agent.send_signal(signal.SIGTERM)
        agent.communicate(timeout=10)
    assert agent.returncode == 0
    written = json.loads((tmp_path / "envoy.json").read_text())
    assert {cluster["name"] for cluster in written["static_resources"]["clusters"]} >= {"game", "sessions"}
    assert "v7" in (tmp_path / "envoy.json").read_text()
    assert token.exists()
