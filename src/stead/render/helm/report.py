"""The report: how a Helm chart keeps each promise; only the differences from the manifests."""

from collections.abc import Callable, Mapping

from stead.model import Backend
from stead.render.environment_alias import short
from stead.render.helm.context import installed
from stead.render.kubernetes import KEEPS as MANIFESTS
from stead.render.promise import PromiseStatus


def _sentence(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _environments(backend: Backend) -> str:
    found = installed(backend)
    files = ", ".join(f"`values.{short(name)}.yaml` ({each.cluster.namespace})" for name, each in found.items())
    return f"one chart, and {files}; a value that is missing or unknown is refused by `values.schema.json`"


KEEPS: Mapping[str, PromiseStatus] = {
    **MANIFESTS,
    "environments": PromiseStatus(_environments),
    "version": PromiseStatus(_sentence("`version` and `images` in the values, of `deploy/releases`")),
    "settings": PromiseStatus(_sentence("`env` of each process in the values, each with its type and its help")),
    "left out": PromiseStatus(_sentence("`enabled: false` in the values of that environment")),
    "order": PromiseStatus(
        _sentence(
            "hooks: what runs before the services is `pre-install,pre-upgrade`, the rest `post-install,post-upgrade`"
        )
    ),
    "edits": PromiseStatus(_sentence("functions on the objects of the Kubernetes target, and on `Chart` and `Pod`")),
}
