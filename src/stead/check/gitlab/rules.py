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
    two. Say at the top which events start one.
    """
    yield from policies(
        context, "gitlab", "twice", "GITLAB010", "add workflow: rules: for merge requests, the default branch and tags"
    )


@rule("GITLAB012")
def failures_count(context: Context) -> Iterator[Problem]:
    """The failure of a build or a test is not ignored.

    With `|| true`, `set +e` or `allow_failure: true` the pipeline is green whatever became of the code. Remove it; what
    a person starts may be `when: manual`.
    """
    yield from policies(context, "gitlab", "forgiven", "GITLAB012", "remove what ignores it")


@rule("GITLAB013")
def latest_is_a_release(context: Context) -> Iterator[Problem]:
    """`latest` is pushed by a release alone.

    Pushed with each commit, it is a different program every hour, and anyone who pulls it cannot say which. Push the
    commit, and `latest` in a job whose rules are for tags.
    """
    yield from policies(
        context, "gitlab", "latest", "GITLAB013", "push $CI_COMMIT_SHA; push :latest in a job for tags only"
    )


@rule("GITLAB016")
def names_are_there(context: Context) -> Iterator[Problem]:
    """A job names jobs, templates and stages that are there.

    GitLab refuses the whole pipeline for one that is not. Judged where no other file is included.
    """
    yield from policies(context, "gitlab", "need", "GITLAB016", "fix the name")


@rule("GITLAB017", severity="warning")
def rules_say_when(context: Context) -> Iterator[Problem]:
    """Rules say when a job runs.

    `only` and `except` are no longer developed, and a pipeline that mixes them with `rules` behaves in ways that nobody
    expects. Write `rules`.
    """
    yield from policies_by_file(context, "gitlab", "only", "GITLAB017", "write rules: with if: and changes:")


@rule("GITLAB018", severity="warning")
def jobs_end(context: Context) -> Iterator[Problem]:
    """A job has a timeout.

    A test that hangs holds a runner as long as the project lets it, which is an hour or a week. Write `timeout`, some
    times what it usually takes; `default:` may say it for all.
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
    """A ship that began is not stopped.

    With `interruptible: true` a newer push stops it between two services. Write `interruptible: false` at what ships.
    """
    yield from policies(context, "gitlab", "cancelled", "GITLAB022", "write interruptible: false")


@rule("GITLAB024", severity="warning")
def artifacts_expire(context: Context) -> Iterator[Problem]:
    """What a job leaves is not kept forever.

    Artifacts without `expire_in` fill the disk, and hold what was once a secret. Say how long someone may need them.
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
