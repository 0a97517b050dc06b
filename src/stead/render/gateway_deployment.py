"""The backend's gateway in containers: where it listens, and with which arguments Envoy and the agent start."""

from stead.render.docker.image_kind import PORT
from stead.render.envoy_deployment import DESCRIPTION

LISTEN = 8080
FOLDER = "/run/gateway"  # which Envoy and the agent share
VOLUME = "gateway"
ENVOY_ARGUMENTS = (
    *("--concurrency", "2", "--disable-hot-restart"),
    *("--log-level", "warning", "--file-flush-interval-msec", "1000"),
)
AGENT_ARGUMENTS = ("stead.gateway.start", DESCRIPTION, FOLDER, str(LISTEN), str(PORT))
