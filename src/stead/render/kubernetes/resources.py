"""The resources of a container, and its only writable folder."""

from stead.model import Limits
from stead.render.kubernetes.container import ResourceRequirements, VolumeMount

TMP = "tmp"
CPU_SHARE = 4  # a request is a quarter of the limit: most processes are idle most of the time


def temporary() -> VolumeMount:
    return VolumeMount(name=TMP, mount_path="/tmp")  # noqa: S108 - a mount of the container's own


def resources(limits: Limits) -> ResourceRequirements:
    """Return limits and requests: all of its memory and a quarter of its CPU are requested."""
    milli = round(limits.cpus * 1000)
    memory = f"{limits.memory}Mi"
    return ResourceRequirements(
        limits={"cpu": f"{milli}m", "ephemeral-storage": "256Mi", "memory": memory},
        requests={"cpu": f"{max(milli // CPU_SHARE, 1)}m", "ephemeral-storage": "64Mi", "memory": memory},
    )
