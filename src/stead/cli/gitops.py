"""`stead gitops` and `stead ship gitops`: delivery by commits."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag
from stead.model import SteadError, load
from stead.model.load import find

if TYPE_CHECKING:
    from stead.ops.gitops.promotion import Promotion

gitops = App(name="gitops", help="Deliver by commits.", help_format="plaintext")


@gitops.command
def init(folder: Path = Path(), /) -> int:
    """Prepare a repository: render and commit the release files, the files for Flux, and a README.

    Parameters
    ----------
    folder
        The folder of a backend.py, in the git repository that is synced.
    """
    from stead.ops.gitops import layout
    from stead.ops.gitops.promotion import Promotion, rendered
    from stead.ops.gitops.repository import GitopsError
    from stead.render.write import write

    backend, place = load(folder), find(folder).parent
    found = list(layout.synced(backend))
    if not found:
        raise GitopsError(
            f"no environment of {backend.name} has Kubernetes(…, gitops=Gitops('https://…')): declare it for the "
            "environments to sync"
        )
    repository = Promotion(backend, found[0][0], place).repository()
    made = rendered(backend)  # what cannot be rendered is refused before anything is written
    own = layout.files(backend, place)
    paths = sorted({*made, *own, *layout.releases(backend, place)})
    layout.refuse_changed(repository, {**made, **own})
    with repository.locked():
        for path, text in own.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, encoding="utf-8")
        write(place, made, complete=False)
        if not repository.dirty(paths):
            sys.stdout.write("nothing has changed\n")
            return 0
        commit = repository.commit(f"Deliver {backend.name} by commits", paths)
    sys.stdout.write(f"{commit}  {', '.join(each.name for each, _ in found)}: see {layout.README}\n")
    return 0


def ship_gitops(
    path: Path = Path(),
    /,
    *,
    environment: Annotated[str, Parameter(["--env", "-e"])],
    version: Annotated[str, Parameter("--version")] = "",
    image: Annotated[list[str] | None, Parameter(negative="")] = None,
    back: Flag = False,
    push: Flag = False,
    wait: Flag = False,
    context: str = "",
    seconds: float = 900.0,
) -> int:
    """Ship a version by a commit of its digests and of the manifests rendered from them.

    Parameters
    ----------
    path
        The folder of a backend.py, or the file itself.
    environment
        The environment. The first takes new images; each later one takes the images that the previous one ran.
    version
        The commit or release that /health will report.
    image
        For the first environment: the digest of an image of this version, NAME=sha256:…
    back
        Ship nothing; commit the digests of the previous version.
    push
        Push the commit to origin.
    wait
        Push the commit, wait until Argo CD is synced and healthy at it, and run a smoke test that expects this version
        at the gateway. When one of these fails, push a commit that restores the previous version.
    context
        With --wait: the context of the kubeconfig. Default: the current one.
    seconds
        With --wait: the seconds that Argo CD may take.
    """
    from stead.cli.render import environment_of
    from stead.ops.gitops.promotion import Promotion

    backend = load(path)
    promotion = Promotion(backend, environment_of(backend, environment), find(path).parent)
    if not back and not version:
        raise SteadError("give a version: --version 4f2a91c; or --back to restore the previous one")
    if wait:
        return _delivered(promotion, version, dict(_pair(text) for text in image or ()), context, seconds, back=back)
    images = dict(_pair(text) for text in image or ())
    repository = promotion.repository()
    if back:
        version, commit = promotion.back()
    elif push and promotion.is_committed(version, images):  # by a ship that did not push, or could not
        promotion.check()
        commit = repository.head()[:7]
    else:
        commit = promotion.ship(version, images)
    if push:
        repository.push(promotion.gitops.revision)
    done = "pushed" if push else "committed; run git push to deliver it"
    sys.stdout.write(f"{commit}  {backend.name} {version} for {promotion.environment.name}: {done}\n")
    return 0


def _delivered(
    promotion: "Promotion", version: str, images: dict[str, str], context: str, seconds: float, *, back: bool
) -> int:
    from stead.cli.cluster_smoke import gateway_smoke
    from stead.cli.ship_step import print_interruption, print_step
    from stead.ops.gitops.argo_cd import ArgoCd
    from stead.ops.gitops.delivery import Delivery
    from stead.ops.ship.interrupt import interruptible
    from stead.ops.ship.kubernetes.kubectl import Kubectl
    from stead.render.kubernetes import manifests
    from stead.render.kubernetes.context import ClusterContext

    gitops, cluster = promotion.gitops, promotion.environment.kubernetes
    assert cluster is not None  # only an environment of a cluster is synced
    place = ClusterContext(promotion.backend, promotion.environment, cluster)
    names = [each.metadata.name for each in manifests(place).values() if each.kind == "Application"]
    others = [name for name in names if name != place.instance]
    argo = ArgoCd(Kubectl(gitops.namespace, context), place.instance, others)
    delivery = Delivery(promotion, argo, gateway_smoke(place, Kubectl(cluster.namespace, context)), print_step, seconds)
    try:
        with interruptible():
            if back:
                version, commit = delivery.back()
            else:
                commit = delivery.ship(version, images)
    except (KeyboardInterrupt, SystemExit) as error:
        print_interruption(error, "rollback" if back else "ship")
        raise
    sys.stdout.write(f"{commit[:7]}  {promotion.backend.name} {version} runs in {cluster.namespace}\n")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, digest = text.partition("=")
    digest = digest.rpartition("@")[2]
    if not equals or not digest:
        raise SteadError(f"--image {text}: expected NAME=sha256:…")
    return name, digest
