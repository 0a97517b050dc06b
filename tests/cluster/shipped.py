"""A backend that is shipped to a node: its description, its one image, what is there before it, its story."""

import json
import shutil
import sys
import time

import stead
from cluster.images import ROOT, archive, python_layer, root_file_system
from cluster.infrastructure import NAMES, POSTGRES, names, postgres
from cluster.node import Node
from cluster.programs import program
from stead.render.docker import pin
from stead.render.kubernetes.context import contexts
from stead.run.identity import Identity
from stead.run.state_directory import Folder

FIRST, SECOND, BROKEN = (f"sha256:{digit * 64}" for digit in "123")
PASSWORD = "administrator-of-a-test"
POSTGRES_ADDRESS = "10.96.9.1"
POSTGRES_SERVER = "postgres.postgres.svc:5432"
DESCRIPTION = """

# For a cluster of a test: fixed addresses, since its name server is told them, and a key set that is in the image.
from dataclasses import replace as _replace

from stead.render.kubernetes.core import Service as _Object
from stead.render.kubernetes.workload import Deployment as _Deployment
from stead.render.kubernetes.workload import Job as _Job

_ADDRESSES = {process.name: f"10.96.8.{number}" for number, process in enumerate(backend.processes, 10)}


def _fixed(each: _Object) -> _Object:
    return _replace(each, spec=_replace(each.spec, cluster_ip=_ADDRESSES[each.metadata.name]))


# This node counts no ephemeral storage, so none can be asked of it; and its images are from no registry.
def _on_the_node(template):
    spec = template.spec
    changed = {}
    for kind in ("containers", "init_containers"):
        changed[kind] = tuple(
            _replace(
                each,
                image_pull_policy="IfNotPresent",
                resources=_replace(
                    each.resources,
                    limits={name: each.resources.limits[name] for name in ("cpu", "memory")},
                    requests={"cpu": "10m", "memory": each.resources.requests["memory"]},
                ),
            )
            for each in getattr(spec, kind)
        )
    return _replace(template, spec=_replace(spec, **changed))


def _small(each: _Deployment) -> _Deployment:
    return _replace(each, spec=_replace(each.spec, template=_on_the_node(each.spec.template)))


def _small_job(each: _Job) -> _Job:
    return _replace(each, spec=_replace(each.spec, template=_on_the_node(each.spec.template)))


def _shipped_as(prod: Environment) -> None:
    object.__setattr__(backend, "environments", [prod])
    object.__setattr__(backend, "pipelines", ())
    object.__setattr__(backend, "edits", (_fixed, _small, _small_job))
"""
STORY = """
import asyncio, sys, time
from pathlib import Path
from stead.ops.story import story_of
from stead.ops.story_context import StoryContext
from stead.run.run_info import development_token

folder, gateway, end = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[4])
shown = lambda step: print(f"{step.title}: {step.wrong or 'well'}", flush=True)


async def play():
    token = lambda user, roles: development_token(folder, user, roles)
    async with StoryContext(gateway, token, lambda process, setting: sys.argv[3], shown, timeout=30.0) as context:
        await story_of(folder)(context)


asyncio.run(play())
while end != Path("once") and not end.exists():
    asyncio.run(play())
"""
CONNECT = """
import socket, sys
for name, port in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    try:
        socket.create_connection((name, int(port)), 2).close()
        print(name, "reached")
    except OSError as error:
        print(name, type(error).__name__)
"""


class Shipped:
    """One backend on its way to one node.

    environment  what its description says of this cluster, as Python: it ends in a call of `_shipped_as`
    webhook      what the story is told where it asks for a setting
    """

    def __init__(self, name, environment, folder, webhook="") -> None:
        self.name, self.webhook = name, webhook
        self.image = f"stead-test/{name}:1"
        self.folder = self._copied(folder / name, environment)
        self.backend = stead.load(self.folder)
        self.context = next(contexts(self.backend))
        self.space = self.context.cluster.namespace
        self.addresses = {each.name: f"10.96.8.{n}" for n, each in enumerate(self.backend.processes, 10)}
        self.node = None

    @property
    def gateway(self):
        """The gateway's Service, as whoever is let in from the ingress' namespace reaches it."""
        return f"{self.addresses[self.backend.gateway.name]}:8080"

    def archive(self, made, extra=None, programs=()):
        """Write the image: the backend, and whatever else runs on the node."""
        app = made / "app"
        shutil.copytree(self.folder, app, ignore=shutil.ignore_patterns(".stead"))
        # The Redis library wants that of a Python before 3.11.3, which Debian's is.
        older = {"venv/async_timeout.py": "from asyncio import timeout\n"}
        extra = {"venv/test_names.py": NAMES, "venv/test_postgres.py": POSTGRES, **older, **(extra or {})}
        return archive(made / "image.tar", self.image, [root_file_system(), python_layer(app, extra, programs)])

    def on(self, node: Node, more=()):
        """Take a node: names of images, DNS, PostgreSQL; `more` names by `<service>.<namespace>`."""
        self.node = node
        node.refuse(self.backend.registry.partition("/")[0])  # where the broken version's image is asked for
        for digest in (FIRST, SECOND):
            built = f"{self.backend.registry}/{self.name}-python@{digest}"
            node.name_image(f"docker.io/{self.image}", built)
        envoy, _, digest = pin.ENVOY.image.partition("@")
        node.name_image(f"docker.io/{self.image}", f"{envoy.rpartition(':')[0]}@{digest}")
        known = {f"{name}.{self.space}": address for name, address in self.addresses.items()}
        known |= {"postgres.postgres": POSTGRES_ADDRESS, **dict(more)}
        for name in (self.space, "postgres"):
            node.kubectl("create", "namespace", name)
        for name in ("kube-system", self.space, "postgres"):
            self.until_there("serviceaccount", "default", name)  # without it no Pod is let in
        image = f"docker.io/{self.image}"
        self.apply([*names(image, known), *postgres(image, POSTGRES_ADDRESS, PASSWORD)])
        self.until_ready("postgres", "postgres")

    def until_there(self, kind, name, space, seconds=60):
        """Wait for an object that the cluster makes by itself."""
        end = time.monotonic() + seconds
        while self.node.kubectl("get", kind, name, f"--namespace={space}", well=False).returncode:
            assert time.monotonic() < end, f"{space} has no {kind} {name}"
            time.sleep(0.5)

    def until_ready(self, pod, space, seconds=60):
        """Wait for a Pod, and for its Service: the node's rules are written a moment after the Pod is ready."""
        words = ("--for=condition=Ready", "--timeout=180s", f"pod/{pod}", f"--namespace={space}")
        self.node.kubectl("wait", *words, seconds=200)
        spec = json.loads(self.node.kubectl("get", "service", pod, f"--namespace={space}", "--output=json").stdout)[
            "spec"
        ]
        address, port = spec["clusterIP"], str(spec["ports"][0]["port"])
        end = time.monotonic() + seconds
        while "reached" not in (said := self.node.run(sys.executable, "-P", "-c", CONNECT, address, port).stdout):
            assert time.monotonic() < end, f"the Service of {pod} does not answer: {said}"
            time.sleep(0.2)

    def apply(self, objects, *words):
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.node.kubectl("apply", "--server-side", "--filename=-", *words, text=text)

    def ship(self, *words, well=True):
        command = (sys.executable, "-P", "-m", "stead", "ship", "kubernetes", self.folder, "--env=prod", *words)
        done = self.node.run(*command, well=well, seconds=900)
        return done.returncode, done.stdout + done.stderr

    def helm(self, *words):
        """Run Helm itself in the backend's namespace; return what it says."""
        done = self.node.run(program("helm"), *words, f"--namespace={self.space}", seconds=900, well=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ship_first(self):
        """Ship the first version, where none was shipped yet: a test of what comes after it may run by itself."""
        if not (self.folder / "deploy/releases/prod.json").exists():
            self.ship("--version=1.0.0", f"--image=python={FIRST}")

    def story(self, until="once"):
        """Play the story through the gateway: once, or again and again until a file is there."""
        words = (sys.executable, "-P", "-c", STORY, self.folder, f"http://{self.gateway}", self.webhook, until)
        return self.node.run(*map(str, words), seconds=900, well=False)

    def reached(self):
        """Try every pair, each from inside of the caller's Pod, by a real connection; return those that came about."""
        ports = {process.name: 8000 for process in self.context.described.services}
        ports |= {self.backend.gateway.name: 8080}
        found, tried = set(), 0
        for caller in ports:
            container = "agent" if caller == self.backend.gateway.name else caller
            where = ("exec", f"--namespace={self.space}", f"deployment/{caller}", f"--container={container}", "--")
            others = [(name, str(port)) for name, port in ports.items() if name != caller]
            words = [word for pair in others for word in pair]
            lines = self.node.kubectl(*where, "python", "-P", "-c", CONNECT, *words).stdout.splitlines()
            answers = dict(line.split() for line in lines)
            assert set(answers.values()) <= {"reached", "TimeoutError", "ConnectionRefusedError"}, answers
            found |= {(caller, callee) for callee, answer in answers.items() if answer == "reached"}
            tried += len(answers)
        assert tried == len(ports) * (len(ports) - 1)
        return found

    def _copied(self, made, environment):
        ignored = shutil.ignore_patterns("deploy", ".stead", "__pycache__")
        shutil.copytree(ROOT / "backends" / self.name, made, ignore=ignored)
        (made / "backend.py").write_text((made / "backend.py").read_text() + DESCRIPTION + environment)
        state = Folder(made / "backend.py")
        state.make()
        (made / "identity.jwks.json").write_text(Identity(state).key_set.read_text())
        return made
