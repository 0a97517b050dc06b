"""The jobs of a backend's file: those of its workflow on GitHub, by the same names behind the backend's own.

Images are built by BuildKit without root and without a Docker daemon, tagged with the commit, and go on by their
digest. The signature's identity is the project's own configuration on that very branch or tag, and that is verified.
"""

from collections.abc import Iterator

from stead.model import Deploy
from stead.render import pins
from stead.render.gitlab.pipeline import DEFAULT_BRANCH, MERGE_REQUEST, PROTECTED, RELEASE, GitlabJob, Rule
from stead.render.pipeline.context import GITLAB_REGISTRY, PipelineContext

STEAD = "uv run --locked stead"
INSTALL = f"pip install --quiet --no-cache-dir --disable-pip-version-check uv=={pins.UV.version}"
COSIGN = f"https://github.com/sigstore/cosign/releases/download/{pins.COSIGN.version}/cosign-linux-amd64"
PUSHED = f"{DEFAULT_BRANCH} && {PROTECTED}"
RELEASED = f"{RELEASE} && {PROTECTED}"
LOGIN = (
    'mkdir -p "$HOME/.docker"\n'
    'auth="$(printf \'%s:%s\' "$USER_OF_REGISTRY" "$PASSWORD_OF_REGISTRY" | base64 | tr -d \'\\n\')"\n'
    'printf \'{"auths":{"%s":{"auth":"%s"}}}\' "$REGISTRY" "$auth" > "$HOME/.docker/config.json"\n'
)
VERSION = 'VERSION="${CI_COMMIT_TAG:-$CI_COMMIT_SHORT_SHA}"'
BUILD = (
    'buildctl-daemonless.sh build --frontend dockerfile.v0 --local context="$CI_PROJECT_DIR/$CONTEXT" \\\n'
    '  --local dockerfile="$CI_PROJECT_DIR/$FOLDER" --opt filename="$IMAGE.Dockerfile" --opt platform="$PLATFORMS" \\\n'
    '  --opt build-arg:VERSION="$VERSION" --opt build-arg:REVISION="$CI_COMMIT_SHA" \\\n'
    '  --opt build-arg:SOURCE="$CI_PROJECT_URL"'
)


def jobs(context: PipelineContext) -> tuple[GitlabJob, ...]:
    """Return the jobs of a backend."""
    found = [plan(context), check(context)]
    if context.builds:
        found += [artifacts(context)] if context.pipeline.artifacts else []
        found += [build(context), report(context), images(context), scan(context), sbom(context)]
        found += [attest(context), verify(context)]
    for deployment in context.pipeline.deploys:
        found += [deploy(context, deployment), *smoke(context, deployment)]
    found += [release(context)] if context.builds else []
    return tuple(found)


def _name(context: PipelineContext, job: str) -> str:
    return f"{context.name}:{job}"


def _changes(context: PipelineContext) -> tuple[str, ...]:
    """Return what is watched, as GitLab's patterns: a path may be a file or a folder."""
    own = (".gitlab-ci.yml", f".gitlab/ci/{context.name}.yml")
    return tuple(dict.fromkeys(word for path in (*context.watched, *own) for word in _patterns(path)))


def _patterns(path: str) -> tuple[str, ...]:
    if path == ".":
        return ("**/*",)
    return (path,) if "*" in path or path.startswith(".gitlab") else (path, f"{path}/**/*")


def _always(context: PipelineContext) -> tuple[Rule, ...]:
    changes = _changes(context)
    return (Rule(MERGE_REQUEST, changes), Rule(DEFAULT_BRANCH, changes), Rule(RELEASE))


def _merge_request(context: PipelineContext) -> tuple[Rule, ...]:
    return (Rule(MERGE_REQUEST, _changes(context)),)


def _pushed(context: PipelineContext) -> tuple[Rule, ...]:
    return (Rule(PUSHED, _changes(context)), Rule(RELEASED))


def _in_project(context: PipelineContext, *script: str) -> tuple[str, ...]:
    enter = () if context.project == "." else (f"cd {context.project}",)
    return (*enter, *script)


def plan(context: PipelineContext) -> GitlabJob:
    """Account for every service, before anything is built."""
    words = f'{STEAD} ci plan {context.path} --tag "${{CI_COMMIT_TAG:-}}" --output "$CI_PROJECT_DIR/plan.env"'
    script = _in_project(context, INSTALL, words)
    return GitlabJob(
        _name(context, "plan"), "plan", pins.PYTHON_IMAGE.reference, script, _always(context), dotenv="plan.env"
    )


def check(context: PipelineContext) -> GitlabJob:
    """Hold the description against its files, the rendered files against the description, and run its own checks."""
    own = (f"{STEAD} check {context.path}", f"{STEAD} render {context.path} --check", *context.pipeline.checks)
    return GitlabJob(
        _name(context, "check"),
        "check",
        pins.PYTHON_IMAGE.reference,
        _in_project(context, INSTALL, *own),
        _always(context),
        needs=(_name(context, "plan"),),
        history=True,
        minutes=30,
    )


def artifacts(context: PipelineContext) -> GitlabJob:
    """Build once what all images need."""
    made = context.pipeline.artifacts
    assert made is not None
    paths = tuple(path if context.project == "." else f"{context.project}/{path}" for path in made.paths)
    return GitlabJob(
        _name(context, "artifacts"),
        "check",
        pins.JDK_IMAGE.reference,
        _in_project(context, made.command),
        _always(context),
        needs=(_name(context, "plan"),),
        artifacts=paths,
        minutes=30,
    )


def _before(context: PipelineContext) -> tuple[str, ...]:
    names = ("check", "artifacts") if context.pipeline.artifacts else ("check",)
    return tuple(_name(context, name) for name in names)


def _matrix(context: PipelineContext) -> tuple[dict[str, str], ...]:
    return tuple({"IMAGE": image.name, "REPOSITORY": image.repository} for image in context.images)


def _building(context: PipelineContext) -> dict[str, str]:
    folder = context.images[0].dockerfile.rpartition("/")[0]
    return {
        "BUILDKITD_FLAGS": "--oci-worker-no-process-sandbox",
        "CONTEXT": context.project,
        "FOLDER": folder,
        "PLATFORMS": ",".join(context.pipeline.platforms),
    }


def _registry(context: PipelineContext) -> dict[str, str]:
    """Return who logs in to the registry: the job itself where it is GitLab's."""
    own = context.registry_host == GITLAB_REGISTRY
    return {
        "REGISTRY": context.registry_host,
        "USER_OF_REGISTRY": "$CI_REGISTRY_USER" if own else "$REGISTRY_USER",
        "PASSWORD_OF_REGISTRY": "$CI_REGISTRY_PASSWORD" if own else "$REGISTRY_PASSWORD",
    }


def build(context: PipelineContext) -> GitlabJob:
    """Build each image of a merge request for the first platform, and push nothing."""
    output = f'{VERSION}\nmkdir -p images\n{BUILD} --output "type=docker,dest=images/$IMAGE.tar"\n'
    return GitlabJob(
        _name(context, "build"),
        "build",
        pins.BUILDKIT_ROOTLESS.reference,
        (output,),
        _merge_request(context),
        needs=_before(context),
        variables=_building(context) | {"PLATFORMS": context.pipeline.platforms[0]},
        matrix=_matrix(context),
        artifacts=("images/",),
        minutes=45,
    )


def report(context: PipelineContext) -> GitlabJob:
    """Report what is vulnerable in the images of a merge request, and fail for none of it."""
    script = (
        "for image in images/*.tar; do\n"
        '  name="$(basename "$image" .tar)"\n'
        '  trivy image --input "$image" --format sarif --output "scan-$name.sarif" --severity HIGH,CRITICAL\n'
        "done\n"
    )
    return GitlabJob(
        _name(context, "report"),
        "build",
        pins.TRIVY_IMAGE.reference,
        (script,),
        _merge_request(context),
        needs=(_name(context, "build"),),
        artifacts=("scan-*.sarif",),
    )


def images(context: PipelineContext) -> GitlabJob:
    """Build each image and push it, by the commit; a release has its version and `latest` as well."""
    script = (
        f"{VERSION}\n"
        'NAMES="$REPOSITORY:$CI_COMMIT_SHA"\n'
        'test -z "$CI_COMMIT_TAG" || NAMES="$NAMES,$REPOSITORY:$CI_COMMIT_TAG,$REPOSITORY:latest"\n'
        f'{BUILD} --output "type=image,\\"name=$NAMES\\",push=true" --metadata-file metadata.json\n'
        'digest="$(sed -n \'s/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p\' metadata.json)"\n'
        'test -n "$digest" || { echo "the push gave no digest of $IMAGE" >&2; exit 1; }\n'
        'mkdir -p digests\necho "$REPOSITORY@$digest" > "digests/$IMAGE"\n'
    )
    return GitlabJob(
        _name(context, "images"),
        "build",
        pins.BUILDKIT_ROOTLESS.reference,
        (LOGIN, script),
        _pushed(context),
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
    """Fail when an image that was pushed has a High or Critical vulnerability that is mended somewhere."""
    words = (
        'trivy image --format sarif --output "scan-$name.sarif" --severity HIGH,CRITICAL --ignore-unfixed '
        '--exit-code 1 "$reference"'
    )
    return _with_trivy(context, "scan", words, "scan-*.sarif")


def sbom(context: PipelineContext) -> GitlabJob:
    """List what is in each image."""
    words = 'trivy image --format spdx-json --output "$name.spdx.json" "$reference"'
    return _with_trivy(context, "sbom", words, "*.spdx.json")


def _with_trivy(context: PipelineContext, name: str, words: str, made: str) -> GitlabJob:
    return GitlabJob(
        _name(context, name),
        "attest",
        pins.TRIVY_IMAGE.reference,
        (LOGIN, _each_digest(words)),
        _pushed(context),
        needs=(_name(context, "images"),),
        variables=_registry(context),
        artifacts=(made,),
        always=True,
    )


def _cosign() -> str:
    fetch = f"import urllib.request as r; r.urlretrieve('{COSIGN}', 'cosign')"
    return f'python -c "{fetch}"\necho "{pins.COSIGN.sha256}  cosign" | sha256sum --check --strict\nchmod +x cosign\n'


def attest(context: PipelineContext) -> GitlabJob:
    """Sign each image, and what is in it, as this project's pipeline."""
    words = (
        './cosign sign --yes "$reference"',
        './cosign attest --yes --type spdxjson --predicate "$name.spdx.json" "$reference"',
    )
    return GitlabJob(
        _name(context, "attest"),
        "attest",
        pins.PYTHON_IMAGE.reference,
        (LOGIN, _cosign(), _each_digest(*words)),
        _pushed(context),
        needs=(_name(context, "images"), _name(context, "sbom")),
        variables=_registry(context),
        id_tokens={"SIGSTORE_ID_TOKEN": "sigstore"},
    )


def verify(context: PipelineContext) -> GitlabJob:
    """Refuse what this pipeline did not sign: with the identity and the issuer, since without them any would pass."""
    reference = 'REF="refs/heads/$CI_COMMIT_BRANCH"\ntest -z "$CI_COMMIT_TAG" || REF="refs/tags/$CI_COMMIT_TAG"\n'
    words = (
        './cosign verify --certificate-identity "$CI_PROJECT_URL//.gitlab-ci.yml@$REF" '
        '--certificate-oidc-issuer "$CI_SERVER_URL" "$reference"'
    )
    return GitlabJob(
        _name(context, "verify"),
        "attest",
        pins.PYTHON_IMAGE.reference,
        (LOGIN, _cosign(), reference + _each_digest(words)),
        _pushed(context),
        needs=(_name(context, "images"), _name(context, "attest")),
        variables=_registry(context),
    )


def deploy(context: PipelineContext, deploy: Deploy) -> GitlabJob:
    """Ship to one environment."""
    name = deploy.environment.name
    words = f'{STEAD} ci deploy {context.path} --env {name} --version "$VERSION" --revision "$CI_COMMIT_SHA"'
    ships_images = context.builds and deploy.to != "workers"
    words += ' --images "$CI_PROJECT_DIR/digests"' if ships_images else ""
    names = ("images", "scan", "sbom", "verify") if context.builds else ("check",)
    earlier = context.earlier(deploy)
    before = (_name(context, f"deploy-{earlier.name}"),) if earlier else ()
    return GitlabJob(
        _name(context, f"deploy-{name}"),
        "deploy",
        pins.PYTHON_IMAGE.reference,
        _in_project(context, INSTALL, VERSION, words),
        _when(context, deploy),
        needs=(*(_name(context, each) for each in names), *before),
        environment=name,
        url=context.main_url(deploy),
        resource_group=f"{context.name}-{name}",
        minutes=30,
    )


def _when(context: PipelineContext, deploy: Deploy) -> tuple[Rule, ...]:
    return (Rule(RELEASED),) if deploy.on == "tag" else (Rule(PUSHED, _changes(context)),)


def smoke(context: PipelineContext, deploy: Deploy) -> Iterator[GitlabJob]:
    """Ask what was shipped, from outside, whether it is well and is this very version."""
    if not deploy.urls:
        return
    name = deploy.environment.name
    words = f'{STEAD} smoke {context.path} --outside --env {name} --version "$VERSION" {context.smoke_words(deploy)}'
    yield GitlabJob(
        _name(context, f"smoke-{name}"),
        "smoke",
        pins.PYTHON_IMAGE.reference,
        _in_project(context, INSTALL, VERSION, words),
        _when(context, deploy),
        needs=(_name(context, f"deploy-{name}"),),
        minutes=30,
    )


def release(context: PipelineContext) -> GitlabJob:
    """Publish the release."""
    needs = tuple(_name(context, name) for name in ("scan", "sbom", "verify"))
    shipped = tuple(_name(context, f"deploy-{each.environment.name}") for each in context.deploys("tag"))
    return GitlabJob(
        _name(context, "release"),
        "release",
        pins.GLAB_IMAGE.reference,
        (f'echo "{context.name} $CI_COMMIT_TAG"',),
        (Rule(RELEASED),),
        needs=(*needs, *shipped),
        release={
            "tag_name": "$CI_COMMIT_TAG",
            "name": f"{context.name} $CI_COMMIT_TAG",
            "description": "$CI_COMMIT_TAG_MESSAGE",
        },
    )
