"""The jobs of a backend's workflow, from the plan to the required check of a protected branch.

    plan → check → artifacts → build (a pull request: nothing is pushed)
                             → images → scan, sbom, attest → verify → deploy-… → smoke-… → release
    and `ok`, which fails when any of them does

A required check must not be a workflow with a path filter, since a skipped one stays pending (actions/runner#952). So
the workflow always runs, `plan` determines whether the backend changed, and `ok` is the required check.
"""

from stead.render import pins
from stead.render.github import steps
from stead.render.github.condition import CHANGED, RELEASE
from stead.render.github.deploy_jobs import deploy, smoke
from stead.render.github.image_jobs import attest, build, images, sbom, scan, verify
from stead.render.github.workflow import Job, Step, lines
from stead.render.pipeline.context import PipelineContext

BASE = "${{ github.event.pull_request.base.sha || steps.passed.outputs.commit }}"
BRANCH_PUSHED = "github.event_name == 'push' && github.ref_type == 'branch'"
TAG = "${{ github.ref_type == 'tag' && github.ref_name || '' }}"


def jobs(context: PipelineContext, file: str) -> tuple[Job, ...]:
    """Return the jobs of a backend."""
    found = [plan(context, file), check(context)]
    if context.builds:
        found += [artifacts(context)] if context.pipeline.artifacts else []
        found += [build(context), images(context), scan(context), sbom(context), attest(context), verify(context, file)]
    for deployment in context.pipeline.deploys:
        found += [deploy(context, deployment), *smoke(context, deployment)]
    found += [release(context)] if context.builds else []
    return (*found, ok(tuple(job.id for job in found)))


def plan(context: PipelineContext, file: str) -> Job:
    """List every service with its build, and whether the backend changed, before the builds."""
    words = 'ci plan "$BACKEND" --base "$BASE" --tag "$TAG" --output "$GITHUB_OUTPUT" --summary "$GITHUB_STEP_SUMMARY"'
    run = steps.stead("Plan", words, context.path, {"BASE": BASE, "TAG": TAG}, "plan")
    outputs = {name: f"${{{{ steps.plan.outputs.{name} }}}}" for name in ("changed", "version")}
    return Job(
        "plan",
        (steps.checkout(history=True), steps.uv(), _last_passed(file), run),
        permissions={**steps.READ, "actions": ("read", "finds the last run that passed")},
        outputs=outputs,
        project=context.project,
    )


def _last_passed(file: str) -> Step:
    """Find the commit of the last successful run on the branch; without one everything counts as changed.

    Not the commit before the push: GitHub keeps only one pending run of a branch, so a push without changes here may
    replace one with changes. And the next run also ships the changes of a failed one.
    """
    query = (
        'gh api --method GET "repos/$GITHUB_REPOSITORY/actions/workflows/$WORKFLOW/runs" -f branch="$GITHUB_REF_NAME"'
        " -f event=push -f status=success -f per_page=1 --jq '.workflow_runs[0].head_sha // \"\"'"
    )
    return Step(
        "Find the last commit that passed",
        run=lines(f"commit=$({query})", 'echo "commit=$commit" >> "$GITHUB_OUTPUT"'),
        env={"GH_TOKEN": "${{ github.token }}", "WORKFLOW": file},
        id="passed",
        condition=BRANCH_PUSHED,
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


def release(context: PipelineContext) -> Job:
    """Publish the notes of a release, with the package lists of its images."""
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
    """Fail when any job failed or was cancelled: the required check of a protected branch."""
    run = lines(
        'echo "$NEEDS" | jq --raw-output \'to_entries[] | "- \\(.key): \\(.value.result)"\' >> "$GITHUB_STEP_SUMMARY"',
        'echo "$NEEDS" | jq --exit-status \'all(.[]; .result == "success" or .result == "skipped")\' >/dev/null',
    )
    judge = Step("Look at every job", run=run, env={"NEEDS": "${{ toJSON(needs) }}"})
    return Job("ok", (judge,), needs=needs, condition="always()", minutes=5)
