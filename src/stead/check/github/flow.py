"""What a workflow does when: triggers, conditions, limits, and results that count."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.pipeline_policy import policies, policies_by_file
from stead.check.rule import rule
from stead.model import Problem


@rule("GITHUB012", severity="warning")
def runs_do_not_meet(context: Context) -> Iterator[Problem]:
    """Two runs of a workflow do not overlap.

    Without `concurrency`, two pushes build, push and ship at the same time, and the older one may be the last. Group by
    the reference; cancel the older run of a pull request, but never a ship.
    """
    yield from policies(
        context, "github", "concurrency", "GITHUB012", "add concurrency: with a group by ${{ github.ref }}"
    )


@rule("GITHUB013", severity="warning")
def jobs_end(context: Context) -> Iterator[Problem]:
    """A job has a timeout.

    A test that hangs holds a runner for six hours, and the next run waits for it. Write `timeout-minutes` at each job,
    a few times the usual duration.
    """
    yield from policies_by_file(context, "github", "timeout", "GITHUB013", "add timeout-minutes")


@rule("GITHUB014")
def failures_count(context: Context) -> Iterator[Problem]:
    """The failure of a build or a test is not ignored.

    With `|| true`, `set +e` or `continue-on-error` the workflow is green after a failure. Remove it; move a report that
    may be incomplete to its own step with `if: always()`.
    """
    yield from policies(context, "github", "forgiven", "GITHUB014", "remove the option that ignores it")


@rule("GITHUB015")
def latest_is_a_release(context: Context) -> Iterator[Problem]:
    """Only a release pushes `latest`.

    If each commit pushes it, the tag does not identify a version. Push the commit's tag, and `latest` only for a
    release's tag.
    """
    yield from policies(
        context, "github", "latest", "GITHUB015", "push sha-<commit>; push :latest in a step for tags only"
    )


@rule("GITHUB022")
def commands_are_not_switched_off(context: Context) -> Iterator[Problem]:
    """A workflow uses no retired action or command.

    Artifact actions of version 3 and the `::set-output` commands fail, or have no effect. Use the current major
    version; write to `$GITHUB_OUTPUT`, `$GITHUB_ENV` or `$GITHUB_PATH`.
    """
    yield from policies(
        context, "github", "retired", "GITHUB022", "use the current version, or write to $GITHUB_OUTPUT"
    )


@rule("GITHUB023")
def conditions_can_be_false(context: Context) -> Iterator[Problem]:
    """A condition is neither always true nor always false.

    `if: ${{ … }} && …` and an expression with a line break behind it are texts, and a non-empty text is true: the step
    always runs. Write the condition without `${{ }}`. `github.ref == 'main'` is never true: write
    `github.ref == 'refs/heads/main'`, or `github.ref_name == 'main'`.
    """
    yield from policies(context, "github", "condition", "GITHUB023", "write the whole condition without ${{ }}")
    yield from policies(context, "github", "never", "GITHUB023", "write github.ref_name, or the whole refs/heads/…")


@rule("GITHUB024")
def needs_are_there(context: Context) -> Iterator[Problem]:
    """A job needs only existing jobs, and reads only results of jobs that it needs.

    A wrong name stops the whole workflow; a result of a job outside of `needs` is empty, and a condition on it is never
    true.
    """
    yield from policies(context, "github", "need", "GITHUB024", "fix the name, or add the job to needs")


@rule("GITHUB025")
def results_are_of_steps(context: Context) -> Iterator[Problem]:
    """A step id is unique, and results are read only from existing ids.

    `steps.tag.outputs.name` of a step that was renamed is empty: an image without a name, a condition that is never
    true. Fix the id.
    """
    yield from policies(context, "github", "id", "GITHUB025", "fix the id")


@rule("GITHUB026")
def runners_are_there(context: Context) -> Iterator[Problem]:
    """A job runs on a runner that still exists.

    GitHub removes old images; a job for one of them waits for a day, and fails. Name a current version.
    """
    yield from policies(context, "github", "runner", "GITHUB026", "use ubuntu-24.04, or another current runner")


@rule("GITHUB027")
def schedules_have_times(context: Context) -> Iterator[Problem]:
    """A schedule is a valid cron expression.

    Five fields: minute, hour, day, month, weekday. GitHub refuses the whole file for a malformed one, also for its
    other events.
    """
    yield from policies(context, "github", "cron", "GITHUB027", "write five fields, as in 17 4 * * 1")


@rule("GITHUB028", severity="warning")
def ships_are_protected(context: Context) -> Iterator[Problem]:
    """A job that ships has an environment.

    The environment holds the secrets, requires approvals, and restricts the branches. Without one, every branch's
    workflow can ship, and every job can read the secrets.
    """
    yield from policies(
        context, "github", "environment", "GITHUB028", "add environment: with the name of the environment"
    )


@rule("GITHUB029")
def ships_are_not_cancelled(context: Context) -> Iterator[Problem]:
    """A running ship is not cancelled.

    `cancel-in-progress: true` stops it between two services: some are new, some are old. Let ships wait for each other.
    """
    yield from policies(
        context, "github", "cancelled", "GITHUB029", "write cancel-in-progress: false for jobs that ship"
    )


@rule("GITHUB030", severity="warning")
def matrix_jobs_have_their_own_cache(context: Context) -> Iterator[Problem]:
    """Each job of a matrix has a cache of its own.

    By default GitHub's cache of BuildKit has one scope: the last job overwrites it, and the others build again each
    time (docker/build-push-action#546). Give each a `scope`.
    """
    yield from policies(
        context, "github", "cache", "GITHUB030", "add ,scope=${{ matrix.… }} to cache-from and cache-to"
    )


@rule("GITHUB032", severity="warning")
def one_push_is_one_run(context: Context) -> Iterator[Problem]:
    """One push starts one run.

    `push` without branches and `pull_request` together run everything twice for each push to a pull request. Name the
    branches of `push`.
    """
    yield from policies(context, "github", "twice", "GITHUB032", "write push: with branches: [main]")


@rule("GITHUB037")
def keys_are_those_of_github(context: Context) -> Iterator[Problem]:
    """A key of a workflow is one that GitHub knows.

    `timeout_minutes`, `run-on` and `branch` look right, and GitHub refuses the whole file: the workflow does not run,
    and nobody is told but in the list of runs. Fix the key.
    """
    yield from policies(context, "github", "key", "GITHUB037", "write the key as GitHub's schema of workflows does")


RULES = (
    runs_do_not_meet,
    jobs_end,
    failures_count,
    latest_is_a_release,
    commands_are_not_switched_off,
    conditions_can_be_false,
    needs_are_there,
    results_are_of_steps,
    runners_are_there,
    schedules_have_times,
    ships_are_protected,
    ships_are_not_cancelled,
    matrix_jobs_have_their_own_cache,
    one_push_is_one_run,
    keys_are_those_of_github,
)
