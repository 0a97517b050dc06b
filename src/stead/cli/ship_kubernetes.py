"""`stead ship kubernetes`: deploy a version to a namespace of a cluster, and roll back when it is not healthy.

The exit status is 0 when the version runs, 1 when it was not shipped, 75 when another ship to the same place runs.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from stead.cli.cluster_smoke import gateway_smoke
from stead.cli.option import Flag, Where
from stead.cli.ship_step import print_interruption, print_step
from stead.model import SteadError, load
from stead.model.load import find
from stead.model.printable import printable

if TYPE_CHECKING:
    from stead.ops.ship.kubernetes.rollout import ClusterRollout
    from stead.render.kubernetes.context import ClusterContext
    from stead.render.kubernetes.release import Release

EXIT_TEMPFAIL = 75  # sysexits.h: try again later


def kubernetes(
    path: Where = Path(),
    /,
    *,
    environment: Annotated[str, Parameter(["--env", "-e"])],
    version: Annotated[str, Parameter("--version")] = "",
    image: Annotated[list[str] | None, Parameter(negative="")] = None,
    context: str = "",
    dry_run: Flag = False,
    back: Flag = False,
) -> int:
    """Ship a version to its namespace: server-side dry run, jobs, rollout, smoke; roll back on failure.

    Parameters
    ----------
    environment
        The environment: it has kubernetes=Kubernetes(…) in the description.
    version
        The commit or release that /health will report.
    image
        The digest of an image of this version, NAME=sha256:…. Default: the digest in deploy/releases.
    context
        The context of the kubeconfig. Default: the current one.
    dry_run
        Show the changes, as kubectl diff does, and change nothing.
    back
        Ship nothing; restore the version that was shipped last, as after a ship that was killed.
    """
    place = _context(path, environment, version, image or [])
    made = _rollout(place, context)
    from stead.ops.ship.error import LockedError
    from stead.ops.ship.interrupt import interruptible

    if dry_run:
        sys.stdout.write(printable(made.difference()))
        return 0
    try:
        with interruptible():
            now = made.back() if back else _made(made, place, find(path).parent)
    except LockedError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return EXIT_TEMPFAIL
    except (KeyboardInterrupt, SystemExit) as error:
        print_interruption(error, "rollback" if back else "ship")
        raise
    sys.stdout.write(f"{place.backend.name} {now} runs in {place.cluster.namespace}\n")
    return 0


def _made(made: "ClusterRollout", place: "ClusterContext", folder: Path) -> str:
    """Ship a version, and write its digests to the release file beside the description."""
    from stead.render.kubernetes import release

    made.make()
    file = folder / "deploy" / release.path(place.environment)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(release.text(place.release))
    sys.stdout.write(f"{file.relative_to(folder)} has the digests of this version: run stead render, and commit both\n")
    return place.release.version


def _context(path: Path, environment: str, version: str, images: list[str]) -> "ClusterContext":
    from stead.cli.render import environment_of
    from stead.render.kubernetes import problems
    from stead.render.kubernetes.context import ClusterContext
    from stead.render.problem import RenderError

    backend = load(path)
    chosen = environment_of(backend, environment)
    if chosen.kubernetes is None:
        raise SteadError(
            f"{chosen.name} runs in no cluster: declare Environment({chosen.name!r}, "
            "kubernetes=Kubernetes('namespace', …))"
        )
    if found := problems(backend):
        raise RenderError(found)
    there = ClusterContext(backend, chosen, chosen.kubernetes)
    return ClusterContext(backend, chosen, chosen.kubernetes, _release(there, version, images))


def _release(there: "ClusterContext", version: str, images: list[str]) -> "Release":
    """Return the release to ship; SteadError when an image's digest is missing or malformed."""
    from stead.render.docker.image_kind import PYTHON, built, needs_python
    from stead.render.kubernetes.release import DIGEST, UNRELEASED, Release

    named = dict(_pair(text) for text in images)
    digests = {**there.release.images, **named}
    expected = {*built(there.backend), *([PYTHON] if needs_python(there.backend) else [])}
    if unknown := sorted(set(named) - expected):
        raise SteadError(f"the backend has no image {', '.join(unknown)}; it has {', '.join(sorted(expected))}")
    missing = sorted(name for name in expected if not DIGEST.fullmatch(digests.get(name, "")))
    if missing:
        words = " ".join(f"--image {name}=sha256:…" for name in missing)
        raise SteadError(f"no image is given: {words}; docker push prints the digest")
    if not version and there.release.version == UNRELEASED:
        raise SteadError("give a version: --version 4f2a91c")
    return Release(version or there.release.version, {name: digests[name] for name in sorted(expected)})


def _pair(text: str) -> tuple[str, str]:
    name, equals, image = text.partition("=")
    if not equals or "sha256:" not in image:
        raise SteadError(f"--image {text}: expected NAME=sha256:…, as in python=sha256:9f86d0…")
    return name, f"sha256:{image.rpartition('sha256:')[2]}"


def _rollout(place: "ClusterContext", context: str) -> "ClusterRollout":
    from stead.ops.ship.kubernetes.kubectl import Kubectl
    from stead.ops.ship.kubernetes.manifests import Shipment
    from stead.ops.ship.kubernetes.rollout import ClusterRollout

    kubectl = Kubectl(place.cluster.namespace, context)
    return ClusterRollout(Shipment(place), kubectl, gateway_smoke(place, kubectl), print_step)
