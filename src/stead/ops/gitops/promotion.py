"""A promotion: a commit of the previous environment's digests for the next one, with the rendered manifests.

An environment gets the digests that the previous one ran under the same version, so that nothing is built again on the
way to production. The first environment gets the built images. A rollback is a commit, too, so that the history shows
what ran when, and the sync need not be stopped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from stead.model import Backend, Environment
from stead.model.kubernetes import Gitops, has_credentials
from stead.ops.gitops.history import standing
from stead.ops.gitops.repository import GitopsError, Repository
from stead.render.docker.image_kind import PYTHON, built, needs_python
from stead.render.drift import FOLDER, differences
from stead.render.kubernetes import release
from stead.render.kubernetes.release import DIGEST, Release
from stead.render.targets import TARGETS, generated
from stead.render.write import write

RENDERED = ("kubernetes", "helm")  # the targets that contain a release
SILENT = "[skip ci]"  # no forge builds a commit of digests: it would ship what it builds, and so on


@dataclass(frozen=True)
class Promotion:
    """The shipping to one environment by a commit; `folder` is that of the backend.py."""

    backend: Backend
    environment: Environment
    folder: Path

    @property
    def gitops(self) -> Gitops:
        """Return the environment's Gitops; GitopsError without one, or where its URL holds a password."""
        cluster = self.environment.kubernetes
        if not cluster or not cluster.gitops:
            mend = "declare Kubernetes(…, gitops=Gitops('https://…')), or use stead ship compose"
            raise GitopsError(f"nothing syncs {self.environment.name} from a repository: {mend}")
        if has_credentials(cluster.gitops.repository):
            mend = "write it without them, and give them to Argo CD or Flux as a Secret"
            raise GitopsError(f"the URL of the repository of {self.environment.name} holds credentials: {mend}")
        return cluster.gitops

    @property
    def path(self) -> str:
        return f"{FOLDER}/{release.path(self.environment)}"

    def ship(self, version: str, images: Mapping[str, str]) -> str:
        """Commit a version, and return the commit."""
        repository = self.repository()
        with repository.locked():
            self.check()
            self._tagged(repository, version)
            previous = self._previous()
            if previous:
                target = Release(version, self._promoted(repository, previous, version, images))
                ways = f"ship a new version to {self._first.name}"
                self._check_names(target, f"{previous.name} ran {version}", ways)
            else:
                target = self._built(Release(version, dict(images)))
            return self._committed(repository, target, f"Ship {self.backend.name} {version} to {self.environment.name}")

    def is_committed(self, version: str, images: Mapping[str, str]) -> bool:
        """Return whether the release file names this version, and these digests."""
        there = release.read(self.backend, self.environment)
        return there.version == version and all(there.images.get(name) == digest for name, digest in images.items())

    def back(self) -> tuple[str, str]:
        """Commit the previous version; return it with the commit."""
        repository = self.repository()
        with repository.locked():
            self.check()
            stood = standing(repository.history(self.path), self._back_to)
            if len(stood) < 2:
                raise GitopsError(f"{self.environment.name} has no earlier version to roll back to")
            before = stood[-2]
            ways = (
                "git revert the change of backend.py, stead render, commit, and roll back then; or ship a new version"
            )
            self._check_names(before, f"{self.environment.name} ran {before.version}", ways)
            return before.version, self._committed(repository, before, f"{self._back_to}{before.version}")

    def is_back(self) -> bool:
        """Return whether the newest commit of a release is a rollback."""
        return Repository(self.folder).subject(self.path).startswith(self._back_to)

    @property
    def _back_to(self) -> str:
        return self._back_of(self.environment)

    def _back_of(self, environment: Environment) -> str:
        return f"Bring {self.backend.name} in {environment.name} back to "

    def check(self) -> Repository:
        """Return the repository; GitopsError unless the synced branch is checked out and everything is committed."""
        repository = self.repository()
        if dirty := repository.dirty([FOLDER]):
            raise GitopsError(f"{dirty[0]} is changed and not committed: commit or revert it, and ship again")
        drifted = [each for each in differences(self.folder, self._files(), complete=False) if each.state != "yours"]
        if drifted:
            raise GitopsError(f"{drifted[0]}: stead render, commit, and ship again")
        return repository

    def repository(self) -> Repository:
        """Return the repository; GitopsError unless the synced branch is checked out."""
        found = Repository(self.folder)
        found.check(self.gitops.revision)
        return found

    def _tagged(self, repository: Repository, version: str) -> None:
        wanted = self.gitops.tag
        if wanted and not (fnmatch(version, wanted) and repository.has_tag(version)):
            mend = f"git tag {version if fnmatch(version, wanted) else wanted}, push the tag, and ship that"
            raise GitopsError(f"{self.environment.name} accepts only tags {wanted}, and {version} is not one: {mend}")

    def _promoted(
        self, repository: Repository, previous: Environment, version: str, given: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the digests that the previous environment ran under that version, and was not brought back from."""
        path = f"{FOLDER}/{release.path(previous)}"
        names, history = repository.names_of(version, path), list(repository.history(path))
        stood = standing(history, self._back_of(previous))
        ran = next((dict(each.images) for each in reversed(stood) if each.version in names), None)
        if ran is None:
            mend = f"stead ship gitops --env {previous.name} --version {version}"
            was = any(each.release.version in names for each in history)
            why = "was rolled back from" if was else "must run"
            raise GitopsError(f"{previous.name} {why} {version} before {self.environment.name}: {mend}")
        other = sorted(name for name, digest in given.items() if name in ran and ran[name] != digest)
        if other:
            raise GitopsError(
                f"{previous.name} ran {version} with another digest of {', '.join(other)}: leave out --image"
            )
        return ran

    def _synced(self) -> list[Environment]:
        return [each for each in self.backend.environments if each.kubernetes and each.kubernetes.gitops]

    @property
    def _first(self) -> Environment:
        return self._synced()[0]

    def _previous(self) -> Environment | None:
        """Return the previous environment among the synced ones."""
        synced = self._synced()
        at = next(index for index, each in enumerate(synced) if each is self.environment)
        return synced[at - 1] if at else None

    @property
    def _names(self) -> set[str]:
        """Return the names of the images that the backend builds."""
        return {*built(self.backend), *((PYTHON,) if needs_python(self.backend) else ())}

    def _built(self, given: Release) -> Release:
        """Return the release of a build; GitopsError for a missing digest, or the name of an unknown image."""
        names = self._names
        if missing := sorted(names - given.images.keys()):
            words = " ".join(f"--image {name}=sha256:…" for name in missing)
            raise GitopsError(f"no digest of {', '.join(missing)} is given for {given.version}: {words}")
        for name, digest in given.images.items():
            if name not in names:
                raise GitopsError(f"{self.backend.name} builds no image {name}: it builds {', '.join(sorted(names))}")
            if not DIGEST.fullmatch(digest):
                raise GitopsError(f"--image {name}={digest}: expected a digest, sha256: and 64 hexadecimal digits")
        return given

    def _check_names(self, target: Release, what: str, ways: str) -> None:
        """Raise GitopsError unless a release of the past has the images that the description has now."""
        missing, other = sorted(self._names - target.images.keys()), sorted(target.images.keys() - self._names)
        if missing:
            raise GitopsError(f"{what} without the image {', '.join(missing)}, which came later: {ways}")
        if other:
            raise GitopsError(f"{what} with the image {', '.join(other)}, which is not built any more: {ways}")

    def _committed(self, repository: Repository, target: Release, message: str) -> str:
        """Write the release and its rendered manifests, and commit both; undo the writes when git refuses."""
        file = self.folder / self.path
        if file.exists() and release.read(self.backend, self.environment) == target:
            pushed = repository.is_pushed(self.gitops.revision)
            ways = "" if pushed else ", and it is not pushed: git push"
            raise GitopsError(f"{self.environment.name} has {target.version} already{ways}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(release.text(target), encoding="utf-8")
        try:
            write(self.folder, self._files(), complete=False)
            return repository.commit(f"{message}\n\n{SILENT}", [FOLDER])
        except BaseException:
            repository.git("reset", "--quiet", "--", FOLDER)
            repository.git("clean", "--quiet", "--force", "-d", "--", FOLDER)
            if repository.git("ls-files", "--", FOLDER):
                repository.git("checkout", "--quiet", "--", FOLDER)
            raise

    def _files(self) -> dict[str, str]:
        return rendered(self.backend)


def rendered(backend: Backend) -> dict[str, str]:
    """Return the files of a release."""
    return generated(backend, [name for name in RENDERED if TARGETS[name].is_wanted(backend)])
