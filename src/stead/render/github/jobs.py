"""The jobs of a backend's workflow, from the plan to the one that a branch's protection asks for.

    plan → check → artifacts → build (a pull request: nothing is pushed)
                             → images → scan, sbom, attest → verify → deploy-… → smoke-… → release
    and `ok`, which fails when any of them does

A required check may not be a workflow that a path leaves out, since that one is waited for in vain
(actions/runner#952). So the workflow always runs, `plan` says whether anything of the backend changed, and `ok` is what
is required.
"""

from collections.abc import Iterator

from stead.model import Deploy
from stead.render import pins
from stead.render.github import steps
from stead.render.github.workflow import Job, Step, lines
from stead.render.pipeline.context import GITHUB_REGISTRY, PipelineContext
from stead.render.pipeline.requirement import IMAGES, of_deploy

CHANGED = "needs.plan.outputs.changed == 'true'"
RELEASE = "startsWith(github.ref, 'refs/tags/v')"
PUSHED = f"github.event_name == 'push' && {CHANGED}"
PULL = f"github.event_name == 'pull_request' && {CHANGED}"
BASE = "${{ github.event.pull_request.base.sha || github.event.before }}"
TAG = "${{ github.ref_type == 'tag' && github.ref_name || '' }}"
ISSUER = "https://token.actions.githubusercontent.com"
# A registry's cache, of one image each: of a shared one only the last job's would be left. A release uses none.
CACHE_READ = "${{ github.ref_type == 'branch' && format('type=registry,ref={0}:buildcache', matrix.repository) || '' }}"
CACHE_WRITE = (
    "${{ github.ref_type == 'branch' && format('type=registry,ref={0}:buildcache,mode=max', matrix.repository) || '' }}"
)
READ_PACKAGES = ("read", "pulls the image")


def jobs(context: PipelineContext, file: str) -> tuple[Job, ...]:
    """Return the jobs of a backend."""
    found = [plan(context), check(context)]
    if context.builds:
        found += [artifacts(context)] if context.pipeline.artifacts else []
        found += [build(context), images(context), scan(context), sbom(context), attest(context), verify(context, file)]
    for deployment in context.pipeline.deploys:
        found += [deploy(context, deployment), *smoke(context, deployment)]
    found += [release(context)] if context.builds else []
    return (*found, ok(tuple(job.id for job in found)))


def plan(context: PipelineContext) -> Job:
    """Account for every service, and say whether anything of the backend changed; before anything is built."""
    words = 'ci plan "$BACKEND" --base "$BASE" --tag "$TAG" --output "$GITHUB_OUTPUT" --summary "$GITHUB_STEP_SUMMARY"'
    run = steps.stead("Plan", words, context.path, {"BASE": BASE, "TAG": TAG}, "plan")
    outputs = {name: f"${{{{ steps.plan.outputs.{name} }}}}" for name in ("changed", "version")}
    return Job(
        "plan",
        (steps.checkout(history=True), steps.uv(), run),
        permissions=steps.READ,
        outputs=outputs,
        project=context.project,
    )


def check(context: PipelineContext) -> Job:
    """Hold the description against its files, the rendered files against the description, and run its own checks."""
    found = [
        steps.stead("Check the description", 'check "$BACKEND" --format github', context.path),
        steps.stead("Compare the rendered files", 'render "$BACKEND" --check', context.path),
    ]
    found += [Step(f"Run {command}", run=command) for command in context.pipeline.checks]
    return Job(
        "check",
        (steps.checkout(history=True), steps.uv(), *found),
        needs=("plan",),
        condition=CHANGED,
        permissions=steps.READ,
        minutes=30,
        project=context.project,
    )


def artifacts(context: PipelineContext) -> Job:
    """Build once what all images need."""
    made = context.pipeline.artifacts
    assert made is not None
    archive = f'tar --create --file "$GITHUB_WORKSPACE/{steps.ARTIFACTS}" {" ".join(made.paths)}'
    upload = {
        "name": f"{context.name}-artifacts",
        "path": steps.ARTIFACTS,
        "if-no-files-found": "error",
        "retention-days": 7,
    }
    return Job(
        "artifacts",
        (
            steps.checkout(),
            Step(f"Run {made.command}", run=made.command),
            Step("Pack what it left", run=archive),
            Step("Hand it to the images", pins.UPLOAD, upload),
        ),
        needs=("plan",),
        condition=CHANGED,
        permissions=steps.READ,
        minutes=30,
        project=context.project,
    )


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
        matrix=steps.matrix(context.images),
        minutes=45,
    )


def images(context: PipelineContext) -> Job:
    """Build each image and push it; by its digest it goes on. A release has its version and `latest` as well."""
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
        matrix=steps.matrix(context.images),
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
        matrix=steps.matrix(context.images),
    )


def scan(context: PipelineContext) -> Job:
    """Fail when an image that was pushed has a High or Critical vulnerability that is mended somewhere."""
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
    kept = Step(keep.name, keep.action, keep.inputs, condition="always()")
    scanning = Step("Scan the image", pins.TRIVY_ACTION, inputs)
    return _after_images(context, "scan", (scanning, kept), permissions={"packages": READ_PACKAGES})


def sbom(context: PipelineContext) -> Job:
    """List what is in each image."""
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
    """Say of each image, signed, which commit and which workflow it was built from."""
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
    """Refuse what this workflow did not build: with the identity and the issuer, since without them any would pass."""
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


def deploy(context: PipelineContext, deploy: Deploy) -> Job:
    """Ship to one environment; a ship that began is never cancelled."""
    name = deploy.environment.name
    words = f'ci deploy "$BACKEND" --env {name} --version "$VERSION" --revision "$GITHUB_SHA"'
    env = {"VERSION": steps.VERSION}
    env |= {each.name: _value(each.name, secret=each.secret) for each in of_deploy(deploy)}
    fetch: tuple[Step, ...] = ()
    if context.builds and deploy.to != "workers":
        words += f' --images "$GITHUB_WORKSPACE/{steps.DIGESTS}"'
        fetch = (steps.all_digests(),)
    node = _wrangler(context) if deploy.to == "workers" else ()
    earlier = context.earlier(deploy)
    needs = ("scan", "sbom", "verify") if context.builds else ("check",)
    before = (
        (f"smoke-{earlier.name}" if _is_smoked(context, earlier.name) else f"deploy-{earlier.name}",) if earlier else ()
    )
    return Job(
        f"deploy-{name}",
        (steps.checkout(), steps.uv(), *node, *fetch, steps.stead(f"Ship to {name}", words, context.path, env)),
        needs=("plan", *needs, *before),
        condition=_when(context, deploy),
        permissions=steps.READ,
        environment=name,
        url=context.main_url(deploy),
        concurrency=f"deploy-{context.name}-{name}",
        minutes=30,
        project=context.project,
    )


def _wrangler(context: PipelineContext) -> tuple[Step, ...]:
    """Install what the backend's own package-lock.json says: wrangler among it."""
    install = 'npm ci --prefix "$BACKEND" --no-audit --no-fund'
    return (
        Step("Install Node", pins.SETUP_NODE, {"node-version": "24", "package-manager-cache": False}),
        Step("Install wrangler", run=install, env={"BACKEND": context.path}),
    )


def _value(name: str, *, secret: bool) -> str:
    return f"${{{{ {'secrets' if secret else 'vars'}.{name} }}}}"


def _is_smoked(context: PipelineContext, environment: str) -> bool:
    return any(each.urls for each in context.pipeline.deploys if each.environment.name == environment)


def _when(context: PipelineContext, deploy: Deploy) -> str:
    if deploy.on == "tag":
        return RELEASE
    return f"github.event_name == 'push' && github.ref == 'refs/heads/{context.pipeline.branch}' && {CHANGED}"


def smoke(context: PipelineContext, deploy: Deploy) -> Iterator[Job]:
    """Ask what was shipped, from outside, whether it is well and is this very version."""
    if not deploy.urls:
        return
    name = deploy.environment.name
    words = f'smoke "$BACKEND" --outside --env {name} --version "$VERSION" {context.smoke_words(deploy)}'
    run = steps.stead(f"Ask {name}", words, context.path, {"VERSION": steps.VERSION})
    yield Job(
        f"smoke-{name}",
        (steps.checkout(), steps.uv(), run),
        needs=("plan", f"deploy-{name}"),
        permissions=steps.READ,
        minutes=30,
        project=context.project,
    )


def release(context: PipelineContext) -> Job:
    """Publish the notes of a release, with the lists of what is in its images."""
    run = lines(
        'gh release view "$GITHUB_REF_NAME" >/dev/null 2>&1 ||',
        '  gh release create "$GITHUB_REF_NAME" --verify-tag --generate-notes',
        'gh release upload "$GITHUB_REF_NAME" sbom/*.spdx.json --clobber',
    )
    env = {"GH_TOKEN": "${{ github.token }}", "GH_REPO": "${{ github.repository }}"}
    fetch = {"pattern": "sbom-*", "path": "sbom", "merge-multiple": True}
    smoked = tuple(f"deploy-{each.environment.name}" for each in context.deploys("tag"))
    return Job(
        "release",
        (Step("Fetch the lists", pins.DOWNLOAD, fetch), Step("Publish the release", run=run, env=env)),
        needs=("plan", "scan", "sbom", "verify", *smoked),
        condition=RELEASE,
        permissions={"contents": ("write", "publishes the release")},
    )


def ok(needs: tuple[str, ...]) -> Job:
    """Fail when any job failed or was cancelled: what a branch's protection asks for."""
    run = lines(
        'echo "$NEEDS" | jq --raw-output \'to_entries[] | "- \\(.key): \\(.value.result)"\' >> "$GITHUB_STEP_SUMMARY"',
        'echo "$NEEDS" | jq --exit-status \'all(.[]; .result == "success" or .result == "skipped")\' >/dev/null',
    )
    judge = Step("Look at every job", run=run, env={"NEEDS": "${{ toJSON(needs) }}"})
    return Job("ok", (judge,), needs=needs, condition="always()", minutes=5)
