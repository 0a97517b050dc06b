"""Steps that several jobs have."""

import posixpath

from stead.render import pins
from stead.render.github.workflow import Step, joined, lines
from stead.render.pipeline.context import GITHUB_REGISTRY, ImageBuild, PipelineContext

STEAD = "uv run --locked stead"
READ = {"contents": ("read", "checks out the source")}
DIGESTS = "digests"
ARTIFACTS = "artifacts.tar"  # an archive, since an artifact forgets the folder that its files have in common
VERSION = "${{ needs.plan.outputs.version }}"


def checkout(*, history: bool = False) -> Step:
    """Check out the source, and leave no token behind in its configuration."""
    inputs = {"persist-credentials": False} | ({"fetch-depth": 0} if history else {})
    return Step("Check out the source", pins.CHECKOUT, inputs)


def uv() -> Step:
    """Install uv, without a cache: a published image must not contain packages from a cache that a pull request
    wrote.
    """
    return Step("Install uv", pins.SETUP_UV, {"version": pins.UV.version, "enable-cache": False})


def stead(name: str, words: str, backend: str, env: dict[str, str] | None = None, identifier: str = "") -> Step:
    """Run one command of Stead's, which a person can run as well."""
    return Step(name, run=f"{STEAD} {words}", env={"BACKEND": backend} | (env or {}), id=identifier)


def login(context: PipelineContext) -> Step:
    """Log in to the registry: with the job's own token where it is GitHub's."""
    own = context.registry_host == GITHUB_REGISTRY
    user = "${{ github.actor }}" if own else "${{ vars.REGISTRY_USER }}"
    password = "${{ github.token }}" if own else "${{ secrets.REGISTRY_PASSWORD }}"
    inputs = {"registry": context.registry_host, "username": user, "password": password}
    return Step(f"Log in to {context.registry_host}", pins.LOGIN, inputs)


def buildx(context: PipelineContext) -> tuple[Step, ...]:
    """Set up BuildKit, by digest; QEMU where an image is for another machine than the runner."""
    inputs = {
        "version": pins.BUILDX_TOOL.version,
        "driver-opts": f"image={pins.BUILDKIT_IMAGE.reference}",
        "cache-binary": False,
    }
    foreign = [each for each in context.pipeline.platforms if each != "linux/amd64"]
    emulation = (Step("Install emulators", pins.QEMU, {"cache-image": False}),) if foreign else ()
    return (*emulation, Step("Set up BuildKit", pins.BUILDX, inputs))


def artifacts(context: PipelineContext) -> tuple[Step, ...]:
    """Fetch the output of the artifacts job, if there is one."""
    if context.pipeline.artifacts is None:
        return ()
    unpack = f'tar --extract --file {ARTIFACTS} --directory "$FOLDER"'
    return (
        Step("Fetch what was built before", pins.DOWNLOAD, {"name": f"{context.name}-artifacts"}),
        Step("Unpack it", run=unpack, env={"FOLDER": context.project}),
    )


def image_inputs(context: PipelineContext) -> dict[str, object]:
    """Return the inputs of an image's build, with or without a push."""
    own = context.has_own_builds
    arguments = [
        f"VERSION={VERSION}",
        "REVISION=${{ github.sha }}",
        "SOURCE=${{ github.server_url }}/${{ github.repository }}",
        *(["${{ matrix.arguments }}"] if own else []),
    ]
    return {
        "context": "${{ matrix.context }}" if own else context.project,
        "file": "${{ matrix.dockerfile }}",
        **({"target": "${{ matrix.target }}"} if own else {}),
        "platforms": ",".join(context.pipeline.platforms),
        "build-args": joined(arguments),
        "provenance": False,  # `attest` makes it, of the very digest; an index of two would have another
        "sbom": False,
    }


def matrix(context: PipelineContext) -> tuple[dict[str, str], ...]:
    """Return the matrix, one entry per image; with a Dockerfile of the user, also its build context."""
    return tuple(_matrix_job(image, own=context.has_own_builds) for image in context.images)


def _matrix_job(image: ImageBuild, *, own: bool) -> dict[str, str]:
    found = {"image": image.name, "repository": image.repository, "dockerfile": image.dockerfile}
    if own:
        arguments = [f"{name}={value}" for name, value in sorted(image.arguments.items())]
        found |= {"context": image.context, "target": image.target, "arguments": "\n".join(arguments)}
    return found


def digest_of_image() -> tuple[Step, ...]:
    """Fetch the digest of the image of this matrix job, and offer it as an output."""
    read = lines(
        f'reference="$(cat "$GITHUB_WORKSPACE/{DIGESTS}/$IMAGE")"',
        'echo "reference=$reference" >> "$GITHUB_OUTPUT"',
        'echo "digest=${reference#*@}" >> "$GITHUB_OUTPUT"',
    )
    return (
        Step("Fetch the digest", pins.DOWNLOAD, {"name": "digest-${{ matrix.image }}", "path": DIGESTS}),
        Step("Read the digest", run=read, env={"IMAGE": "${{ matrix.image }}"}, id="image"),
    )


def all_digests() -> Step:
    """Fetch the digests of all images."""
    return Step("Fetch the digests", pins.DOWNLOAD, {"pattern": "digest-*", "path": DIGESTS, "merge-multiple": True})


def workflow_path(file: str) -> str:
    return posixpath.join(".github/workflows", file)
