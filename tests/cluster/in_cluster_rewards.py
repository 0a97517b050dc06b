"""Rewards on a real node: shipped, its story played, its policies tried, a broken version taken back."""

import itertools
import json
import shutil
import sys
import time

import pytest

import stead
from cluster.images import ROOT, archive, python_layer, root_file_system
from cluster.infrastructure import NAMES, POSTGRES, names, postgres
from cluster.node import Node, missing
from cluster.secret_values import WEBHOOK, SecretValues
from stead.render.docker import pin
from stead.render.kubernetes.context import contexts
from stead.run.identity import Identity
from stead.run.state_directory import Folder

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing() or "-"), pytest.mark.timeout(1800)]

IMAGE = "stead-test/rewards:1"
FIRST, SECOND, BROKEN = (f"sha256:{digit * 64}" for digit in "123")
PASSWORD = "administrator-of-a-test"
POSTGRES_ADDRESS = "10.96.9.1"
DESCRIPTION = """

# For a cluster of a test: Secrets by name, fixed addresses since nobody allocates them, a key set that is in the image.
from dataclasses import replace as _replace

from stead import Secrets as _Secrets
from stead.render.kubernetes.core import Service as _Object
from stead.render.kubernetes.workload import Deployment as _Deployment
from stead.render.kubernetes.workload import Job as _Job

_ADDRESSES = {process.name: f"10.96.8.{number}" for number, process in enumerate(backend.processes, 10)}


def _fixed(each: _Object) -> _Object:
    return _replace(each, spec=_replace(each.spec, cluster_ip=_ADDRESSES[each.metadata.name]))


# This node counts no ephemeral storage, so none can be asked of it.
def _without_storage(template):
    spec = template.spec
    changed = {}
    for kind in ("containers", "init_containers"):
        changed[kind] = tuple(
            _replace(
                each,
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
    return _replace(each, spec=_replace(each.spec, template=_without_storage(each.spec.template)))


def _small_job(each: _Job) -> _Job:
    return _replace(each, spec=_replace(each.spec, template=_without_storage(each.spec.template)))


_cluster = _replace(
    cluster,
    secrets=_Secrets(),
    pull_secret="",
    values={"CLERK_ISSUER": "https://identity.stead.test", "CLERK_JWKS_URL": "file:///app/identity.jwks.json"},
    host="",
    gateway="",
)
_prod = Environment("prod", {ledger: {"POINTS_VELOCITY_CAP": 310}, **BONUS}, kubernetes=_cluster)
object.__setattr__(backend, "environments", [_prod])
object.__setattr__(backend, "pipelines", ())
object.__setattr__(backend, "edits", (_fixed, _small, _small_job))
"""
STORY = """
import asyncio, sys
from pathlib import Path
from stead.ops.story import story_of
from stead.ops.story_context import StoryContext
from stead.run.run_info import development_token

folder, gateway = Path(sys.argv[1]), sys.argv[2]
shown = lambda step: print(f"{step.title}: {step.wrong or 'well'}", flush=True)


async def play():
    token = lambda user, roles: development_token(folder, user, roles)
    async with StoryContext(gateway, token, lambda process, setting: sys.argv[3], shown, patience=30.0) as stage:
        await story_of(folder)(stage)


for _ in range(int(sys.argv[4])):
    asyncio.run(play())
"""
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of rewards whose description is of this cluster, and its development identity."""
    made = tmp_path_factory.mktemp("rewards") / "rewards"
    shutil.copytree(ROOT / "backends/rewards", made, ignore=shutil.ignore_patterns("deploy", ".stead", "__pycache__"))
    (made / "backend.py").write_text((made / "backend.py").read_text() + DESCRIPTION)
    state = Folder(made / "backend.py")
    state.make()
    (made / "identity.jwks.json").write_text(Identity(state).key_set.read_text())
    return made


@pytest.fixture(scope="module")
def context(folder):
    return next(contexts(stead.load(folder)))


@pytest.fixture(scope="module")
def node(folder, context, tmp_path_factory):
    made = tmp_path_factory.mktemp("node")
    app = made / "app"
    shutil.copytree(folder, app, ignore=shutil.ignore_patterns(".stead"))
    # The Redis library wants that of a Python before 3.11.3, which Debian's is.
    older = {"venv/async_timeout.py": "from asyncio import timeout\n"}
    extra = {"venv/test_names.py": NAMES, "venv/test_postgres.py": POSTGRES, **older}
    image = archive(made / "image.tar", IMAGE, [root_file_system(), python_layer(app, extra)])
    with Node(made / "cluster", image) as running:
        for digest in (FIRST, SECOND):
            running.name_image(f"docker.io/{IMAGE}", f"registry.example.com/rewards/rewards-python@{digest}")
        envoy, _, digest = pin.ENVOY.image.partition("@")
        running.name_image(f"docker.io/{IMAGE}", f"{envoy.rpartition(':')[0]}@{digest}")
        prepare(running, context)
        yield running


def prepare(running, context):
    """Everything that is there before a backend is shipped: names, PostgreSQL, the namespace's Secrets."""
    space = context.cluster.namespace
    addresses = {
        f"{process.name}.{space}": f"10.96.8.{number}" for number, process in enumerate(context.backend.processes, 10)
    }
    addresses |= {"postgres.postgres": POSTGRES_ADDRESS}
    image = f"docker.io/{IMAGE}"
    objects = [*names(image, addresses), *postgres(image, POSTGRES_ADDRESS, PASSWORD)]
    for name in (space, "postgres"):
        running.kubectl("create", "namespace", name)
    for name in ("kube-system", space, "postgres"):
        until_there(running, "serviceaccount", "default", name)  # without it no Pod is let in
    apply(running, objects)
    apply(running, SecretValues(context, "postgres.postgres.svc:5432", PASSWORD).manifests(), f"--namespace={space}")
    running.kubectl(
        "wait", "--for=condition=Ready", "--timeout=120s", "pod/postgres", "--namespace=postgres", seconds=150
    )


def until_there(running, kind, name, space, seconds=60):
    """Wait for an object that the cluster makes by itself."""
    end = time.monotonic() + seconds
    while running.kubectl("get", kind, name, f"--namespace={space}", well=False).returncode:
        assert time.monotonic() < end, f"{space} has no {kind} {name}"
        time.sleep(0.5)


def apply(running, objects, *words):
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    running.kubectl("apply", "--server-side", "--filename=-", *words, text=text)


def ship(node, folder, *words, well=True):
    command = (sys.executable, "-P", "-m", "stead", "ship", "kubernetes", folder, "--env=prod", *words)
    done = node.run(*command, well=well, seconds=900)
    return done.returncode, done.stdout + done.stderr


def test_the_first_version_is_shipped_and_says_so(node, folder):
    status, said = ship(node, folder, "--version=1.0.0", f"--image=python={FIRST}")
    assert status == 0, said
    assert "✓ the gateway says 1.0.0" in said
    assert json.loads((folder / "deploy/releases/prod.json").read_text())["images"] == {"python": FIRST}
    status, said = ship(node, folder, "--dry-run")
    assert (status, [line for line in said.splitlines() if line.startswith("+ ")]) == (0, [])


def story(node, folder, times=1):
    """Play the story through the gateway's Service, as whoever is let in from the ingress' namespace."""
    address = next(
        f"10.96.8.{n}" for n, each in enumerate(stead.load(folder).processes, 10) if each.name == "api-gateway"
    )
    words = (sys.executable, "-P", "-c", STORY, folder, f"http://{address}:8080", WEBHOOK, times)
    return node.run(*map(str, words), seconds=600, well=False)


def test_its_story_is_played_through_the_gateway(node, folder):
    done = story(node, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    steps = done.stdout.splitlines()
    assert len(steps) >= 16
    assert all(step.endswith(": well") for step in steps)


def test_a_pod_reaches_whom_it_may_call_and_nobody_else(node, context):
    """From inside of each Pod, by a real connection: every pair."""
    space = context.cluster.namespace
    ports = {"api-gateway": 8080}
    callees = [process.name for process in context.described.processes]
    found = set()
    for caller, callee in itertools.permutations(callees, 2):
        container = "agent" if caller == "api-gateway" else caller
        where = ("exec", f"--namespace={space}", f"deployment/{caller}", f"--container={container}", "--")
        port = str(ports.get(callee, 8000))
        done = node.kubectl(*where, "python", "-P", "-c", CONNECT, callee, port, well=False)
        if done.returncode == 0:
            found.add((caller, callee))
        else:
            assert "TimeoutError" in done.stderr or "refused" in done.stderr.lower(), done.stderr
    assert found == set(context.permitted)


def test_a_second_version_is_rolled_out_and_a_broken_third_taken_back(node, folder):
    status, said = ship(node, folder, "--version=2.0.0", f"--image=python={SECOND}")
    assert status == 0, said
    status, said = ship(node, folder, "--version=3.0.0", f"--image=python={BROKEN}", well=False)
    assert status == 1
    assert "2.0.0 runs again, as before" in said
    assert "ImagePull" in said
    assert "✓ back to 2.0.0" in said
    done = story(node, folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_missing_secret_is_named_before_anything_is_touched(node, folder, context):
    space = f"--namespace={context.cluster.namespace}"
    text = node.kubectl("get", "secret", "points-service-secrets", "--output=json", space).stdout
    node.kubectl("delete", "secret", "points-service-secrets", space)
    status, said = ship(node, folder, "--version=4.0.0", f"--image=python={FIRST}", well=False)
    assert status == 1
    assert "the Secret points-service-secrets is missing; it needs DATABASE_URL, SERVICE_JWT_KEYS" in said
    kept = json.loads(text)
    kept["metadata"] = {"name": kept["metadata"]["name"]}
    apply(node, [kept], space)


def test_two_ships_at_once_are_one_and_a_refusal(node, folder, context):
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "rewards-prod-ship"},
        "spec": {"holderIdentity": "somebody@elsewhere", "renewTime": "2999-01-01T00:00:00.000000Z"},
    }
    space = f"--namespace={context.cluster.namespace}"
    apply(node, [lease], space)
    status, said = ship(node, folder, "--version=5.0.0", f"--image=python={FIRST}", well=False)
    assert status == 75
    assert "somebody@elsewhere ships into rewards now" in said
    lease["spec"]["renewTime"] = "2020-01-01T00:00:00.000000Z"
    node.kubectl("delete", "lease", "rewards-prod-ship", space)
    apply(node, [lease], space)
    status, said = ship(node, folder, "--back")  # that one is gone
    assert status == 0, said
    assert "rewards 2.0.0 runs in rewards" in said
