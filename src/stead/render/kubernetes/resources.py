"""What a container may take of its node, and the one folder that it may write."""

from stead.model import Limits
from stead.render.kubernetes.container import ResourceRequirements, VolumeMount

TMP = "tmp"
CPU_SHARE = 4  # a request is a quarter of the limit: most processes wait most of the time


def temporary() -> VolumeMount:
    return VolumeMount(name=TMP, mount_path="/tmp")  # noqa: S108 - a mount of the container's own


def resources(limits: Limits) -> ResourceRequirements:
    """Return what a container may take, and what is kept for it: all of its memory, a quarter of its CPU."""
    milli = round(limits.cpus * 1000)
    memory = f"{limits.memory}Mi"
    return ResourceRequirements(
        limits={"cpu": f"{milli}m", "ephemeral-storage": "256Mi", "memory": memory},
        requests={"cpu": f"{max(milli // CPU_SHARE, 1)}m", "ephemeral-storage": "64Mi", "memory": memory},
    )
