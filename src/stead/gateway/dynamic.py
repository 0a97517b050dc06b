"""The configuration of an Envoy that outlives its description: a fixed bootstrap, and two files that it watches.

Listeners and clusters are read again whenever their files are replaced. Envoy takes over the listening socket,
completes the requests of the old listener, and refuses none. The bootstrap has the parts that Envoy reads only at its
start: the limit of its memory, the operator's address, the names of the files.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace as replaced
from pathlib import Path

from stead.gateway.agent.file import replace
from stead.gateway.envoy.bootstrap import Bootstrap, DynamicResources, StaticResources
from stead.gateway.envoy.core import ConfigSource, PathConfigSource
from stead.gateway.envoy.message import TYPE, Message, plain

CLUSTERS = "clusters.json"
LISTENERS = "listeners.json"
_CLUSTER = f"{TYPE}envoy.config.cluster.v3.Cluster"
_LISTENER = f"{TYPE}envoy.config.listener.v3.Listener"


def fixed(configuration: Bootstrap, folder: str) -> str:
    """Return the bootstrap as one line for `--config-yaml`; the watched files are in that folder."""
    watching = DynamicResources(
        lds_config=_watched(f"{folder}/{LISTENERS}"), cds_config=_watched(f"{folder}/{CLUSTERS}")
    )
    bare = replaced(configuration, static_resources=StaticResources(), dynamic_resources=watching)
    return json.dumps(plain(bare), separators=(",", ":"))


def write(configuration: Bootstrap, folder: Path) -> None:
    """Replace both files; clusters first, since a listener may name only those that are known."""
    resources = configuration.static_resources
    for name, kind, messages in (
        (CLUSTERS, _CLUSTER, resources.clusters),
        (LISTENERS, _LISTENER, resources.listeners),
    ):
        replace(folder / name, response(kind, messages))


def response(kind: str, messages: Sequence[Message]) -> str:
    """Return messages as a DiscoveryResponse; its version is a digest, so the same content is the same version."""
    resources = [{"@type": kind} | plain(each) for each in messages]
    digest = hashlib.sha256(json.dumps(resources).encode()).hexdigest()[:16]
    return json.dumps({"version_info": digest, "resources": resources}, indent=1) + "\n"


def _watched(path: str) -> ConfigSource:
    return ConfigSource(path_config_source=PathConfigSource(path=path), resource_api_version="V3")
