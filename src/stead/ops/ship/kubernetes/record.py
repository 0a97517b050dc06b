"""What was shipped to a namespace, kept there: the release that runs, and the one to which a ship is switching.

It is a ConfigMap, so that anyone who ships next, from any machine, finds what ran before: the release, and the objects
that it was. Rejected: to make them again of the description, which may have changed since, so that what is brought
back would be a version that never ran. No secret is in it.
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
        """Return what runs, as far as it was shipped; NotReadyError when the record is damaged."""
        return self._read(CURRENT)

    def interrupted(self) -> Release | None:
        """Return the release to which a ship was switching when it was ended by force."""
        return self._read(SWITCHING)

    def objects(self) -> tuple[Object, ...]:
        """Return the objects of what runs; none where they were not kept."""
        packed = self._packed()
        try:
            return tuple(json.loads(gzip.decompress(base64.b64decode(packed)))) if packed else ()
        except (ValueError, OSError, EOFError) as error:
            raise self._damaged() from error

    def begin(self, fresh: Release) -> None:
        """Note, before anything is replaced, that a switch has begun."""
        self._write({CURRENT: self.current(), SWITCHING: fresh}, self._packed())

    def end(self, now: Release | None, objects: Sequence[Object] = ()) -> None:
        """Note that the switch is over, and what runs; without objects, those that are kept already."""
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
        mend = f"kubectl delete configmap {self.name}, and nothing ran before"
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
            self.kubectl.run("note the release", "create", "--filename=-", text=json.dumps(manifest))
        else:
            self.kubectl.run("note the release", "replace", "--filename=-", text=json.dumps(manifest))
