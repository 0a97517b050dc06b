"""The S3 server in Compose: SeaweedFS in its own network, behind an Envoy that forwards only S3.

All parts of SeaweedFS trust every client of their ports: the filer, the volumes, the gRPC service that creates users.
Rejected: certificates for each part, since every holder of one could read all buckets.
"""

from collections.abc import Mapping
from typing import Any

from stead.model import Limits
from stead.render.compose import secret
from stead.render.compose.process import HEALTHY, deploy
from stead.render.compose.public_bucket import PORT
from stead.render.compose.spec import ComposeService, Healthcheck, Mount, SecretMount, Ulimit
from stead.render.compose.tcp_proxy import tcp_proxy
from stead.render.compose.text import Var
from stead.render.docker import pin
from stead.render.docker.probe import probe_command

NAME, STORE = "s3", "s3-store"
FILE = "s3.envoy.yaml"
CONFIGURATION = "/etc/envoy/s3.yaml"


def services() -> dict[str, ComposeService]:
    return {NAME: _s3_service(), STORE: _store()}


def _s3_service() -> ComposeService:
    return ComposeService(
        image=Var(pin.ENVOY.name, pin.ENVOY.image),
        entrypoint=("/usr/local/bin/envoy",),
        command=(
            "--config-path",
            CONFIGURATION,
            "--concurrency",
            "1",
            "--disable-hot-restart",
            "--log-level",
            "warning",
        ),
        depends_on={STORE: HEALTHY},
        volumes=(Mount("bind", f"./{FILE}", CONFIGURATION, read_only=True),),
        healthcheck=Healthcheck(("CMD", *probe_command("program", "/healthz", PORT))),
        deploy=deploy(Limits(cpus=0.5, memory=128, pids=64)),
        ulimits={"nofile": Ulimit(65536, 65536)},
    )


def _store() -> ComposeService:
    """All of SeaweedFS in one process, with its worker, which removes expired objects."""
    return ComposeService(
        image=Var(pin.S3.name, pin.S3.image),
        user="1000:1000",
        entrypoint=("/usr/bin/weed",),
        command=(
            *("-logtostderr", "mini", "-dir=/data", f"-s3.port={PORT}", "-s3.port.iceberg=0"),
            *(f"-s3.config={secret.RUN}/{secret.IDENTITIES}", "-s3.iam=false", "-s3.autoCreateBucket=false"),
            *("-s3.allowDeleteBucketNotEmpty=false", "-webdav=false", "-admin.ui=false", "-master.telemetry=false"),
        ),
        secrets=(SecretMount(secret.IDENTITIES, secret.IDENTITIES),),
        volumes=(Mount("volume", NAME, "/data"),),
        healthcheck=Healthcheck(("CMD", "curl", "--fail", "--silent", f"http://127.0.0.1:{PORT}/healthz")),
        deploy=deploy(Limits(cpus=1, memory=512, pids=256)),
        ulimits={"nofile": Ulimit(65536, 65536)},
        stop_grace_period="30s",
    )


def configuration() -> Mapping[str, Any]:
    """Return Envoy's configuration: a port, and the target of its connections."""
    return {"static_resources": tcp_proxy(NAME, STORE, (PORT,))}
