"""The jobs that build, scan and sign images; later jobs name an image by its digest."""

from stead.render import pins
from stead.render.github import steps
from stead.render.github.condition import PULL, PUSHED, RELEASE
from stead.render.github.workflow import Job, Step, lines
from stead.render.pipeline.context import GITHUB_REGISTRY, PipelineContext
from stead.render.pipeline.requirement import IMAGES

ISSUER = "https://token.actions.githubusercontent.com"
# A registry's cache, of one image each: of a shared one only the last job's would be left. A release uses none.
CACHE_READ = "${{ github.ref_type == 'branch' && format('type=registry,ref={0}:buildcache', matrix.repository) || '' }}"
CACHE_WRITE = (
    "${{ github.ref_type == 'branch' && format('type=registry,ref={0}:buildcache,mode=max', matrix.repository) || '' }}"
)
READ_PACKAGES = ("read", "pulls the image")


def _before(context: PipelineContext) -> tuple[str, ...]:
    return ("plan", "check", "artifacts") if context.pipeline.artifacts else ("plan", "check")


def build(context: PipelineContext) -> Job:
    """Build each image of a pull request, also of a fork's, whose jobs may not push; report what a scanner finds.

    It is built for the first platform.
    """
    inputs = steps.image_inputs(context) | {
        "push": False,
        "platforms": context.pipeline.platforms[0],  # a file that a scanner reads holds one
        "outputs": "type=docker,dest=image.tar",
        "cache-from": "type=registry,ref=${{ matrix.repository }}:buildcache",
    }
    report = {
        "input": "image.tar",
        "version": pins.TRIVY.version,
        "format": "sarif",
        "output": "trivy.sarif",
        "severity": "HIGH,CRITICAL",
        "limit-severities-for-sarif": True,
        "exit-code": "0",
        "cache": False,
    }
    return Job(
        "build",
        (
            steps.checkout(),
            *steps.artifacts(context),
            *steps.buildx(context),
            Step("Build the image", pins.BUILD_PUSH, inputs),
            Step("Report what is vulnerable", pins.TRIVY_ACTION, report),
            _keep("scan-${{ matrix.image }}", "trivy.sarif"),
        ),
        name="build (${{ matrix.image }})",
        needs=_before(context),
        condition=PULL,
        permissions=steps.READ,
        matrix=steps.matrix(context),
        minutes=45,
    )


def images(context: PipelineContext) -> Job:
    """Build and push each image; later jobs use its digest. A release also gets its version and `latest` as tags."""
    inputs = steps.image_inputs(context) | {
        "push": True,
        "tags": "${{ steps.tag.outputs.reference }}",
        "cache-from": CACHE_READ,
        "cache-to": CACHE_WRITE,
    }
    own = context.registry_host == GITHUB_REGISTRY
    packages = {"packages": ("write", "pushes the image")} if own else {}
    return Job(
        "images",
        (
            steps.checkout(),
            *steps.artifacts(context),
            *steps.buildx(context),
            steps.login(context),
            _tag(),
            Step("Build and push the image", pins.BUILD_PUSH, inputs, id="push"),
            _release_tags(),
            _digest(),
            _keep("digest-${{ matrix.image }}", steps.DIGESTS),
        ),
        name="images (${{ matrix.image }})",
        needs=_before(context),
        condition=PUSHED,
        permissions=steps.READ | packages,
        environment="" if own else IMAGES,
        matrix=steps.matrix(context),
        minutes=45,
    )


def _tag() -> Step:
    run = lines('echo "reference=$REPOSITORY:sha-${GITHUB_SHA::7}" >> "$GITHUB_OUTPUT"')
    return Step("Name the image", run=run, env={"REPOSITORY": "${{ matrix.repository }}"}, id="tag")


def _release_tags() -> Step:
    env = {"REPOSITORY": "${{ matrix.repository }}", "DIGEST": "${{ steps.push.outputs.digest }}"}
    run = lines(
        'docker buildx imagetools create --tag "$REPOSITORY:$GITHUB_REF_NAME" --tag "$REPOSITORY:latest" \\',
        '  "$REPOSITORY@$DIGEST"',
    )
    return Step("Tag the release", run=run, env=env, condition=RELEASE)


def _digest() -> Step:
    env = {
        "IMAGE": "${{ matrix.image }}",
        "REPOSITORY": "${{ matrix.repository }}",
        "DIGEST": "${{ steps.push.outputs.digest }}",
    }
    run = lines(
        'test -n "$DIGEST" || { echo "the push gave no digest of $IMAGE" >&2; exit 1; }',
        f'mkdir -p "$GITHUB_WORKSPACE/{steps.DIGESTS}"',
        f'echo "$REPOSITORY@$DIGEST" > "$GITHUB_WORKSPACE/{steps.DIGESTS}/$IMAGE"',
        'echo "- $IMAGE: \\`$REPOSITORY@$DIGEST\\`" >> "$GITHUB_STEP_SUMMARY"',
    )
    return Step("Account for the image", run=run, env=env)


def _keep(name: str, path: str) -> Step:
    inputs = {"name": name, "path": path, "if-no-files-found": "error", "retention-days": 30}
    return Step(f"Keep {path}", pins.UPLOAD, inputs)


def _after_images(
    context: PipelineContext,
    job: str,
    found: tuple[Step, ...],
    needs: tuple[str, ...] = (),
    permissions: dict[str, tuple[str, str]] | None = None,
) -> Job:
    """Return a job that works on each image by its digest."""
    own = context.registry_host == GITHUB_REGISTRY
    granted = (
        (permissions or {}) if own else {name: why for name, why in (permissions or {}).items() if name != "packages"}
    )
    return Job(
        job,
        (*steps.digest_of_image(), steps.login(context), *found),
        name=f"{job} (${{{{ matrix.image }}}})",
        needs=("plan", "images", *needs),
        permissions=granted,
        environment="" if own else IMAGES,
        matrix=steps.matrix(context),
    )


def scan(context: PipelineContext) -> Job:
    """Fail when an image that was pushed has a High or Critical vulnerability that is fixed somewhere."""
    inputs = {
        "image-ref": "${{ steps.image.outputs.reference }}",
        "version": pins.TRIVY.version,
        "format": "sarif",
        "output": "trivy.sarif",
        "severity": "HIGH,CRITICAL",
        "ignore-unfixed": True,
        "limit-severities-for-sarif": True,
        "exit-code": "1",
        "cache": False,
    }
    keep = _keep("scan-${{ matrix.image }}", "trivy.sarif")
    upload = Step(keep.name, keep.action, keep.inputs, condition="always()")
    scanning = Step("Scan the image", pins.TRIVY_ACTION, inputs)
    return _after_images(context, "scan", (scanning, upload), permissions={"packages": READ_PACKAGES})


def sbom(context: PipelineContext) -> Job:
    """List the packages of each image."""
    inputs = {
        "image": "${{ steps.image.outputs.reference }}",
        "format": "spdx-json",
        "output-file": "${{ matrix.image }}.spdx.json",
        "syft-version": pins.SYFT.version,
        "upload-artifact": False,
        "upload-release-assets": False,
        "dependency-snapshot": False,
    }
    keep = _keep("sbom-${{ matrix.image }}", "${{ matrix.image }}.spdx.json")
    made = Step("List the packages", pins.SBOM_ACTION, inputs)
    keeping = Step("Keep the list", keep.action, keep.inputs)
    return _after_images(context, "sbom", (made, keeping), permissions={"packages": READ_PACKAGES})


def attest(context: PipelineContext) -> Job:
    """Attest with a signature from which commit and workflow each image was built."""
    inputs = {
        "subject-name": "${{ matrix.repository }}",
        "subject-digest": "${{ steps.image.outputs.digest }}",
        "push-to-registry": True,
    }
    permissions = {
        "id-token": ("write", "proves to Sigstore which workflow this is"),
        "attestations": ("write", "keeps the attestation"),
        "packages": ("write", "pushes the attestation beside the image"),
    }
    return _after_images(context, "attest", (Step("Attest the image", pins.ATTEST, inputs),), permissions=permissions)


def verify(context: PipelineContext, file: str) -> Job:
    """Refuse images that this workflow did not build: by identity and issuer, since otherwise any signature
    would pass.
    """
    env = {
        "GH_TOKEN": "${{ github.token }}",
        "REFERENCE": "${{ steps.image.outputs.reference }}",
        "SIGNER": "${{ github.repository }}/" + steps.workflow_path(file),
    }
    run = lines(
        'gh attestation verify "oci://$REFERENCE" --repo "$GITHUB_REPOSITORY" --signer-workflow "$SIGNER" \\',
        f'  --cert-oidc-issuer {ISSUER} --source-digest "$GITHUB_SHA"',
    )
    permissions = {"attestations": ("read", "reads the attestation"), "packages": READ_PACKAGES}
    return _after_images(
        context, "verify", (Step("Verify the attestation", run=run, env=env),), ("attest",), permissions
    )
