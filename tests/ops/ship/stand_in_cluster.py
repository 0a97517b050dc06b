"""A namespace of a cluster as kubectl shows it: objects by kind and name, of which what is applied runs at once.

What the API server itself does is tried on a real one, in `tests/cluster`; here it is what a ship makes of its answers.
"""

import json
import subprocess
from dataclasses import dataclass, field

from stead.ops.ship.kubernetes.kubectl import EXISTS, NOT_FOUND, Kubectl


@dataclass(frozen=True)
class StandInCluster(Kubectl):
    """kubectl against it.

    objects  what is there
    broken   images whose Pods never become ready
    refuses  the first word of a command that fails, with what it says then
    """

    objects: dict = field(default_factory=dict)
    broken: set = field(default_factory=set)
    refuses: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def look(self, *words, text=None, seconds=120):
        self.asked.append(words)
        refused = self.refuses.get(words[0])
        if refused:
            return done(refused, 1)
        return getattr(self, f"_{words[0]}")(words[1:], json.loads(text) if text else None)

    def add(self, each):
        kind, name = each["kind"].lower(), each["metadata"]["name"]
        number = self.objects.get((kind, name), {}).get("metadata", {}).get("generation", 0) + 1
        metadata = each["metadata"] | {"generation": number, "uid": f"{kind}-{name}", "resourceVersion": str(number)}
        self.objects[kind, name] = each | {"metadata": metadata, "status": self._status(each, number)}

    def _status(self, each, number):
        if each["kind"] == "Job":
            return {"conditions": [{"type": "Complete", "status": "True"}]}
        if each["kind"] == "Deployment":
            count = each["spec"].get("replicas", 1)
            ready = not any(container["image"] in self.broken for container in containers(each))
            counts = {"updatedReplicas": count, "availableReplicas": count if ready else 0, "replicas": count}
            return {"observedGeneration": number} | counts
        return {}

    def _apply(self, words, given):
        for each in given["items"] if "--dry-run=server" not in words else ():
            self.add(each)
        return done()

    def _create(self, _, given):
        key = given["kind"].lower(), given["metadata"]["name"]
        if key in self.objects:
            return done(f"Error from server {EXISTS}", 1)
        self.add(given)
        return done()

    def _replace(self, _, given):
        self.add(given)
        return done()

    def _patch(self, *_):
        return done()

    def _config(self, *_):
        return done(output="https://10.0.0.1:6443")

    def _logs(self, *_):
        return done()

    def _delete(self, words, _):
        kind, name = words[0].split("/") if "/" in words[0] else words[:2]
        self.objects.pop((kind.partition(".")[0], name), None)
        return done()

    def _get(self, words, _):
        if "/" in words[0]:  # references
            wanted = [tuple(word.split("/")) for word in words if not word.startswith("--")]
            found = [self.objects.get((kind.partition(".")[0], name)) for kind, name in wanted]
            return done(output=json.dumps({"items": [each for each in found if each]}))
        kinds = {kind.partition(".")[0].removesuffix("s") for kind in words[0].split(",")}
        if not words[1].startswith("--"):
            found = self.objects.get((words[0], words[1]))
            holder = (found or {}).get("spec", {}).get("holderIdentity")
            output = holder if "jsonpath" in words[2] else json.dumps(found)
            return done(output=output) if found else done(f"Error from server {NOT_FOUND}", 1)
        labels = dict(pair.split("=") for pair in words[1].removeprefix("--selector=").split(","))
        chosen = [
            each
            for (kind, _), each in self.objects.items()
            if kind in kinds and labels.items() <= each["metadata"].get("labels", {}).items()
        ]
        names = "\n".join(f"{each['kind'].lower()}.group/{each['metadata']['name']}" for each in chosen)
        return done(output=names if "--output=name" in words else json.dumps({"items": chosen}))


def containers(each):
    return each["spec"]["template"]["spec"]["containers"]


def done(error="", status=0, output=""):
    return subprocess.CompletedProcess((), status, output, error)
