"""The jobs that build, scan and sign images; later jobs name an image by its digest."""

from stead.render import pins
from stead.render.gitlab.job_parts import VERSION, job_name, merge_request, pushed
from stead.render.gitlab.pipeline import GitlabJob
from stead.render.pipeline.context import GITLAB_REGISTRY, ImageBuild, PipelineContext

COSIGN = f"https://github.com/sigstore/cosign/releases/download/{pins.COSIGN.version}/cosign-linux-amd64"
# bash, and the ash of Alpine's images, know pipefail: GitLab takes the one that an image has.
LOGIN = (
    "set -o pipefail\n"
    'mkdir -p "$HOME/.docker"\n'
    'auth="$(printf \'%s:%s\' "$USER_OF_REGISTRY" "$PASSWORD_OF_REGISTRY" | base64 | tr -d \'\\n\')"\n'
    'printf \'{"auths":{"%s":{"auth":"%s"}}}\' "$REGISTRY" "$auth" > "$HOME/.docker/config.json"\n'
)
BUILD = (
    'buildctl-daemonless.sh build --frontend dockerfile.v0 --local context="$CI_PROJECT_DIR/$CONTEXT" \\\n'
    '  --local dockerfile="$CI_PROJECT_DIR/$FOLDER" --opt filename="$IMAGE.Dockerfile" --opt platform="$PLATFORMS" \\\n'
    '  --opt build-arg:VERSION="$VERSION" --opt build-arg:REVISION="$CI_COMMIT_SHA" \\\n'
    '  --opt build-arg:SOURCE="$CI_PROJECT_URL"'
)
OWN_BUILD = BUILD.replace("$IMAGE.Dockerfile", "$FILE") + ' --opt target="$TARGET" "$@"'
# The arguments of a matrix job, which are separated by blanks: a value has none (GITLAB002).
ARGUMENTS = 'set --\nfor each in $ARGUMENTS; do\n  set -- "$@" --opt "build-arg:$each"\ndone\n'


def _before(context: PipelineContext) -> tuple[str, ...]:
    names = ("check", "artifacts") if context.pipeline.artifacts else ("check",)
    return tuple(job_name(context, name) for name in names)


def _matrix(context: PipelineContext) -> tuple[dict[str, str], ...]:
    return tuple(_matrix_job(image, own=context.has_own_builds) for image in context.images)


def _matrix_job(image: ImageBuild, *, own: bool) -> dict[str, str]:
    found = {"IMAGE": image.name, "REPOSITORY": image.repository}
    if own:
        folder, _, file = image.dockerfile.rpartition("/")
        arguments = " ".join(f"{name}={value}" for name, value in sorted(image.arguments.items()))
        found |= {"CONTEXT": image.context, "FOLDER": folder or ".", "FILE": file}
        found |= {"TARGET": image.target, "ARGUMENTS": arguments}
    return found


def _building(context: PipelineContext) -> dict[str, str]:
    folder = context.images[0].dockerfile.rpartition("/")[0]
    of_all = {} if context.has_own_builds else {"CONTEXT": context.project, "FOLDER": folder}
    flags = {"BUILDKITD_FLAGS": "--oci-worker-no-process-sandbox"}
    return flags | of_all | {"PLATFORMS": ",".join(context.pipeline.platforms)}


def _build_command(context: PipelineContext, output: str) -> str:
    """Return the script that builds the image of one matrix job, and writes it to an output of BuildKit's."""
    if context.has_own_builds:
        return f"{ARGUMENTS}{OWN_BUILD} --output {output}"
    return f"{BUILD} --output {output}"


def _registry(context: PipelineContext) -> dict[str, str]:
    """Return the login of the registry: the job's own for GitLab's registry."""
    own = context.registry_host == GITLAB_REGISTRY
    return {
        "REGISTRY": context.registry_host,
        "USER_OF_REGISTRY": "$CI_REGISTRY_USER" if own else "$REGISTRY_USER",
        "PASSWORD_OF_REGISTRY": "$CI_REGISTRY_PASSWORD" if own else "$REGISTRY_PASSWORD",
    }


def build(context: PipelineContext) -> GitlabJob:
    """Build each image of a merge request for the first platform, and push nothing."""
    building = _build_command(context, '"type=docker,dest=images/$IMAGE.tar"')
    output = f"{VERSION}\nmkdir -p images\n{building}\n"
    return GitlabJob(
        job_name(context, "build"),
        "build",
        pins.BUILDKIT_ROOTLESS.reference,
        (output,),
        merge_request(context),
        needs=_before(context),
        variables=_building(context) | {"PLATFORMS": context.pipeline.platforms[0]},
        matrix=_matrix(context),
        artifacts=("images/",),
        minutes=45,
    )


def report(context: PipelineContext) -> GitlabJob:
    """Report vulnerabilities in the images of a merge request, without failing."""
    script = (
        "for image in images/*.tar; do\n"
        '  name="$(basename "$image" .tar)"\n'
        '  trivy image --input "$image" --format sarif --output "scan-$name.sarif" --severity HIGH,CRITICAL\n'
        "done\n"
    )
    return GitlabJob(
        job_name(context, "report"),
        "build",
        pins.TRIVY_IMAGE.reference,
        (script,),
        merge_request(context),
        needs=(job_name(context, "build"),),
        artifacts=("scan-*.sarif",),
    )


def images(context: PipelineContext) -> GitlabJob:
    """Build each image and push it, by the commit; a release has its version and `latest` as well."""
    building = _build_command(context, '"type=image,\\"name=$NAMES\\",push=true"')
    script = (
        f"{VERSION}\n"
        'NAMES="$REPOSITORY:$CI_COMMIT_SHA"\n'
        'test -z "$CI_COMMIT_TAG" || NAMES="$NAMES,$REPOSITORY:$CI_COMMIT_TAG,$REPOSITORY:latest"\n'
        f"{building} --metadata-file metadata.json\n"
        'digest="$(sed -n \'s/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p\' metadata.json)"\n'
        'test -n "$digest" || { echo "the push gave no digest of $IMAGE" >&2; exit 1; }\n'
        'mkdir -p digests\necho "$REPOSITORY@$digest" > "digests/$IMAGE"\n'
    )
    return GitlabJob(
        job_name(context, "images"),
        "build",
        pins.BUILDKIT_ROOTLESS.reference,
        (LOGIN, script),
        pushed(context),
        needs=_before(context),
        variables=_building(context) | _registry(context),
        matrix=_matrix(context),
        artifacts=("digests/",),
        minutes=45,
    )


def _each_digest(*commands: str) -> str:
    """Return a script that does something to each image, and fails when it failed for one."""
    body = "".join(f"  {command} || failed=1\n" for command in commands)
    head = 'failed=0\nfor file in digests/*; do\n  reference="$(cat "$file")"\n'
    named = '  name="$(basename "$file")"\n' if "$name" in body else ""
    return f'{head}{named}{body}done\nexit "$failed"\n'


def scan(context: PipelineContext) -> GitlabJob:
    """Fail when an image that was pushed has a High or Critical vulnerability that is fixed somewhere."""
    words = (
        'trivy image --format sarif --output "scan-$name.sarif" --severity HIGH,CRITICAL --ignore-unfixed '
        '--exit-code 1 "$reference"'
    )
    return _with_trivy(context, "scan", words, "scan-*.sarif")


def sbom(context: PipelineContext) -> GitlabJob:
    """List the packages of each image."""
    words = 'trivy image --format spdx-json --output "$name.spdx.json" "$reference"'
    return _with_trivy(context, "sbom", words, "*.spdx.json")


def _with_trivy(context: PipelineContext, name: str, words: str, made: str) -> GitlabJob:
    return GitlabJob(
        job_name(context, name),
        "attest",
        pins.TRIVY_IMAGE.reference,
        (LOGIN, _each_digest(words)),
        pushed(context),
        needs=(job_name(context, "images"),),
        variables=_registry(context),
        artifacts=(made,),
        always=True,
    )


def _cosign() -> str:
    fetch = f"import urllib.request as r; r.urlretrieve('{COSIGN}', 'cosign')"
    return f'python -c "{fetch}"\necho "{pins.COSIGN.sha256}  cosign" | sha256sum --check --strict\nchmod +x cosign\n'


def attest(context: PipelineContext) -> GitlabJob:
    """Sign each image and its package list, with the identity of this project's pipeline."""
    words = (
        './cosign sign --yes "$reference"',
        './cosign attest --yes --type spdxjson --predicate "$name.spdx.json" "$reference"',
    )
    return GitlabJob(
        job_name(context, "attest"),
        "attest",
        pins.PYTHON_IMAGE.reference,
        (LOGIN, _cosign(), _each_digest(*words)),
        pushed(context),
        needs=(job_name(context, "images"), job_name(context, "sbom")),
        variables=_registry(context),
        id_tokens={"SIGSTORE_ID_TOKEN": "sigstore"},
    )


def verify(context: PipelineContext) -> GitlabJob:
    """Refuse images that this pipeline did not sign: by identity and issuer, since otherwise any signature
    would pass.
    """
    reference = 'REF="refs/heads/$CI_COMMIT_BRANCH"\ntest -z "$CI_COMMIT_TAG" || REF="refs/tags/$CI_COMMIT_TAG"\n'
    words = (
        './cosign verify --certificate-identity "$CI_PROJECT_URL//.gitlab-ci.yml@$REF" '
        '--certificate-oidc-issuer "$CI_SERVER_URL" "$reference"'
    )
    return GitlabJob(
        job_name(context, "verify"),
        "attest",
        pins.PYTHON_IMAGE.reference,
        (LOGIN, _cosign(), reference + _each_digest(words)),
        pushed(context),
        needs=(job_name(context, "images"), job_name(context, "attest")),
        variables=_registry(context),
    )
