"""The record of ships in a namespace: the running release, and the release that a ship is switching to.

It is a ConfigMap, so that the next ship, from any machine, finds the previous release with its objects. Rejected: to
render them again from the description, which may have changed, so that a rollback would restore a version that never
ran. It holds no secret.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stead.model import SourceLocation
from stead.ops.ship.error import NotReadyError
from stead.ops.ship.kubernetes.kubectl import Kubectl
from stead.ops.ship.kubernetes.manifests import Object
from stead.render.kubernetes import release
from stead.render.kubernetes.release import Release
from stead.render.problem import RenderError

CURRENT, SWITCHING, OBJECTS = "current", "switching", "objects"


@dataclass(frozen=True, slots=True)
class Record:
    """The ConfigMap of one backend in one environment."""

    kubectl: Kubectl
    instance: str

    @property
    def name(self) -> str:
        return f"{self.instance}-release"

    def current(self) -> Release | None:
        """Return the running release, if one was shipped; NotReadyError when the record is damaged."""
        return self._read(CURRENT)

    def interrupted(self) -> Release | None:
        """Return the release that a killed ship was switching to."""
        return self._read(SWITCHING)

    def objects(self) -> tuple[Object, ...]:
        """Return the objects of the running release; empty when they were not recorded."""
        packed = self._packed()
        try:
            return tuple(json.loads(gzip.decompress(base64.b64decode(packed)))) if packed else ()
        except (ValueError, OSError, EOFError) as error:
            raise self._damaged() from error

    def begin(self, fresh: Release) -> None:
        """Record the start of a switch, before anything is replaced."""
        self._write({CURRENT: self.current(), SWITCHING: fresh}, self._packed())

    def end(self, now: Release | None, objects: Sequence[Object] = ()) -> None:
        """Record the end of the switch and the running release; without `objects`, keep the recorded ones."""
        packed = gzip.compress(json.dumps(list(objects)).encode(), mtime=0) if objects else b""
        self._write({CURRENT: now}, base64.b64encode(packed).decode() if objects else self._packed())

    def _packed(self) -> str:
        found = self.kubectl.get("configmap", self.name)
        return str((found or {}).get("binaryData", {}).get(OBJECTS, ""))

    def _read(self, key: str) -> Release | None:
        found = self.kubectl.get("configmap", self.name)
        text = (found or {}).get("data", {}).get(key)
        try:
            return release.parsed(text, SourceLocation(self.name)) if text else None
        except RenderError as error:
            raise self._damaged() from error

    def _damaged(self) -> NotReadyError:
        mend = f"kubectl delete configmap {self.name}; the ship then counts as the first"
        return NotReadyError(f"the ConfigMap {self.name} is damaged; {mend}")

    def _write(self, releases: dict[str, Release | None], packed: str) -> None:
        data = {key: release.text(each) for key, each in releases.items() if each}
        labels = {"app.kubernetes.io/instance": self.instance, "app.kubernetes.io/managed-by": "stead"}
        manifest: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": self.name, "labels": labels},
            "data": data,
            "binaryData": {OBJECTS: packed} if packed else {},
        }
        if self.kubectl.get("configmap", self.name) is None:
            self.kubectl.run("record the release", "create", "--filename=-", text=json.dumps(manifest))
        else:
            self.kubectl.run("record the release", "replace", "--filename=-", text=json.dumps(manifest))
