"""What a pipeline of GitLab does when: one run, jobs that are there, failures that count, ships that end."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.pipeline_policy import policies, policies_by_file
from stead.check.rule import rule
from stead.model import Problem


@rule("GITLAB010", severity="warning")
def one_push_is_one_pipeline(context: Context) -> Iterator[Problem]:
    """One push starts one pipeline.

    With rules for merge requests in its jobs and no `workflow:rules`, a push to a branch with a merge request starts
    two. Define at the top which events start one.
    """
    yield from policies(
        context, "gitlab", "twice", "GITLAB010", "add workflow: rules: for merge requests, the default branch and tags"
    )


@rule("GITLAB012")
def failures_count(context: Context) -> Iterator[Problem]:
    """The failure of a build or a test is not ignored.

    With `|| true`, `set +e` or `allow_failure: true` the pipeline is green after a failure. Remove it; a job that a
    person starts may have `when: manual`.
    """
    yield from policies(context, "gitlab", "forgiven", "GITLAB012", "remove the option that ignores it")


@rule("GITLAB013")
def latest_is_a_release(context: Context) -> Iterator[Problem]:
    """Only a release pushes `latest`.

    If each commit pushes it, the tag does not identify a version. Push the commit's tag, and `latest` in a job with
    rules for tags.
    """
    yield from policies(
        context, "gitlab", "latest", "GITLAB013", "push $CI_COMMIT_SHA; push :latest in a job for tags only"
    )


@rule("GITLAB016")
def names_are_there(context: Context) -> Iterator[Problem]:
    """A job names existing jobs, templates and stages.

    GitLab refuses the whole pipeline for a missing one. Applied to files without includes.
    """
    yield from policies(context, "gitlab", "need", "GITLAB016", "fix the name")


@rule("GITLAB017", severity="warning")
def rules_say_when(context: Context) -> Iterator[Problem]:
    """`rules` define when a job runs.

    `only` and `except` are no longer developed, and a pipeline that mixes them with `rules` is refused or misbehaves.
    Write `rules`.
    """
    yield from policies_by_file(context, "gitlab", "only", "GITLAB017", "write rules: with if: and changes:")


@rule("GITLAB018", severity="warning")
def jobs_end(context: Context) -> Iterator[Problem]:
    """A job has a timeout.

    A test that hangs holds a runner as long as the project lets it, which is an hour or a week. Write `timeout`, a few
    times the usual duration; `default:` can set it for all.
    """
    yield from policies_by_file(context, "gitlab", "timeout", "GITLAB018", "add timeout: 15 minutes")


@rule("GITLAB021")
def ships_wait(context: Context) -> Iterator[Problem]:
    """Two ships to one place wait for each other.

    Without `resource_group`, two pipelines ship at the same time, and the older one may be the last. Name the
    environment.
    """
    yield from policies_by_file(
        context, "gitlab", "group", "GITLAB021", "add resource_group: with the environment's name"
    )


@rule("GITLAB022")
def ships_are_not_stopped(context: Context) -> Iterator[Problem]:
    """A running ship is not stopped.

    With `interruptible: true` a newer push stops it between two services. Write `interruptible: false` in jobs that
    ship.
    """
    yield from policies(context, "gitlab", "cancelled", "GITLAB022", "write interruptible: false")


@rule("GITLAB024", severity="warning")
def artifacts_expire(context: Context) -> Iterator[Problem]:
    """Artifacts of a job expire.

    Artifacts without `expire_in` fill the disk, and may hold former secrets. Set the time for which they are needed.
    """
    yield from policies(context, "gitlab", "expire", "GITLAB024", "add expire_in: 30 days")


RULES = (
    one_push_is_one_pipeline,
    failures_count,
    latest_is_a_release,
    names_are_there,
    rules_say_when,
    jobs_end,
    ships_wait,
    ships_are_not_stopped,
    artifacts_expire,
)
