"""Find all missing Secrets of an environment, and missing keys, before anything is changed."""

from collections.abc import Iterator

from stead.model.kubernetes import Secrets
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.secret import every, secret_name

KEYS = "go-template={{range $key, $value := .data}}{{$key}} {{end}}"  # the keys alone: no value is printed


def missing_secrets(context: ClusterContext, kubectl: Kubectl) -> list[str]:
    """Return a line for each Secret that is missing in the namespace or lacks keys."""
    return list(_missing(context, kubectl)) if isinstance(context.cluster.secrets, Secrets) else []


def _missing(context: ClusterContext, kubectl: Kubectl) -> Iterator[str]:
    wanted: dict[str, list[str]] = {}
    for each in every(context):
        wanted.setdefault(secret_name(each.process), []).extend([each.key] if each.required else [])
    for name, keys in wanted.items():
        done = kubectl.look("get", "secret", name, f"--output={KEYS}")
        there = set(done.stdout.split()) if done.returncode == 0 else set()
        lacking = [key for key in keys if key not in there]
        if done.returncode:
            yield f"the Secret {name} is missing; it needs {', '.join(keys) or 'no key'}"
        elif lacking:
            yield f"the Secret {name} has no {', '.join(lacking)}"
    if context.cluster.pull_secret and kubectl.get("secret", context.cluster.pull_secret) is None:
        yield f"the Secret {context.cluster.pull_secret}, with which images are pulled, is missing"
