"""`stead gitops` and `stead ship gitops`: delivery by commits."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from stead.cli.option import Flag
from stead.model import SteadError, load
from stead.model.load import find

gitops = App(name="gitops", help="Deliver by commits.", help_format="plaintext")


@gitops.command
def init(folder: Path = Path(), /) -> int:
    """Prepare a repository: release files, what Flux needs, a page for people; rendered, and committed.

    Parameters
    ----------
    folder
        The folder of a backend.py, in the git repository that is synced.
    """
    from stead.ops.gitops import layout
    from stead.ops.gitops.promotion import rendered
    from stead.ops.gitops.repository import GitopsError, Repository
    from stead.render.write import write

    backend, place = load(folder), find(folder).parent
    found = list(layout.synced(backend))
    if not found:
        raise GitopsError(f"no environment of {backend.name} says gitops=Gitops('https://…'): there is nothing to sync")
    repository = Repository(place)
    repository.check(found[0][1].revision)
    for path, text in layout.files(backend, place).items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, encoding="utf-8")
    write(place, rendered(backend), whole=False)
    if not repository.dirty(["deploy"]):
        sys.stdout.write("nothing has changed\n")
        return 0
    commit = repository.commit(f"Deliver {backend.name} by commits", ["deploy"])
    sys.stdout.write(f"{commit}  {', '.join(each.name for each, _ in found)}: see deploy/gitops/README.md\n")
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
) -> int:
    """Ship a version by a commit: its digests, and the manifests that are rendered of them.

    Parameters
    ----------
    path
        The folder of a backend.py, or the file itself.
    environment
        Which one. One after the first gets what the one before it ran under this version, and nothing else.
    version
        A commit or a release, as /health will say it.
    image
        For the first environment: the digest of an image that was built, NAME=sha256:…
    back
        Ship nothing; commit what ran before.
    push
        Push the commit to origin.
    """
    from stead.cli.render import environment_of
    from stead.ops.gitops.promotion import Promotion

    backend = load(path)
    promotion = Promotion(backend, environment_of(backend, environment), find(path).parent)
    if not back and not version:
        raise SteadError("say which version: --version 4f2a91c; or --back for what ran before")
    if back:
        version, commit = promotion.back()
    else:
        commit = promotion.ship(version, dict(_pair(text) for text in image or ()))
    if push:
        from stead.ops.gitops.repository import Repository

        Repository(promotion.folder).push(promotion.gitops.revision)
    done = "pushed" if push else "committed; run git push to deliver it"
    sys.stdout.write(f"{commit}  {backend.name} {version} for {promotion.environment.name}: {done}\n")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, digest = text.partition("=")
    digest = digest.rpartition("@")[2]
    if not equals or not digest:
        raise SteadError(f"--image {text}: expected NAME=sha256:…")
    return name, digest
