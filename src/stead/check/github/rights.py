"""Rights, secrets and strangers: what a workflow may do, and who may make it do something."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.pipeline_policy import policies, policies_by_file
from stead.check.rule import rule
from stead.model import Problem


@rule("GITHUB010", severity="warning")
def workflows_say_their_rights(context: Context) -> Iterator[Problem]:
    """Every job of a workflow says which rights it has.

    Without `permissions`, a job's token has whatever the repository's settings give it, which in many is the right to
    write everything. Write `permissions: {}` at the top, and at each job what it needs.
    """
    yield from policies(
        context, "github", "permissions", "GITHUB010", "write permissions: {} at the top, and at each job what it needs"
    )


@rule("GITHUB011")
def rights_are_of_jobs(context: Context) -> Iterator[Problem]:
    """A right to write is of the one job that needs it.

    A right at the top of the workflow is every job's, also of the one that runs a pull request's tests. Give it to the
    job, with the reason as a comment.
    """
    yield from policies(context, "github", "broad", "GITHUB011", "move it to the job that needs it")


@rule("GITHUB016")
def untrusted_code_gets_no_secrets(context: Context) -> Iterator[Problem]:
    """A stranger's code does not run with the repository's secrets.

    `pull_request_target` and `workflow_run` start with the secrets and the rights of the default branch. A job of them
    that checks out the pull request's head, or lets its output become variables, runs a stranger's code with them.
    Build pull requests on `pull_request`; let the trusted workflow read results only.
    """
    yield from policies(
        context, "github", "taken", "GITHUB016", "use pull_request, or leave the head of the pull request alone"
    )


@rule("GITHUB017")
def secrets_are_not_printed(context: Context) -> Iterator[Problem]:
    """No secret is printed.

    GitHub hides a secret's exact text, and nothing else of it: encoded, cut or inside of JSON it is in the log.
    Give it to the program by its environment, or on its standard input.
    """
    yield from policies(
        context, "github", "printed", "GITHUB017", "give it to the program that needs it, and print nothing"
    )


@rule("GITHUB018", severity="warning")
def checkouts_leave_no_token(context: Context) -> Iterator[Problem]:
    """A checkout leaves no token behind.

    `actions/checkout` keeps the job's token in `.git/config` unless told otherwise, where each later step, and an
    artifact that holds the folder, has it. A job that pushes logs in where it pushes.
    """
    yield from policies_by_file(context, "github", "token", "GITHUB018", "add with: persist-credentials: false")


@rule("GITHUB019")
def secrets_are_handed_on_by_name(context: Context) -> Iterator[Problem]:
    """Secrets are handed to a called workflow by name.

    `secrets: inherit` gives every secret of the repository to a file that asks for one. List them.
    """
    yield from policies(context, "github", "inherited", "GITHUB019", "list the secrets that the workflow needs")


@rule("GITHUB020")
def downloads_are_verified(context: Context) -> Iterator[Problem]:
    """What is downloaded is not run unseen.

    `curl … | sh` runs whatever the server answers today, with the job's secrets. Take a pinned action or image, or
    download a version and compare its SHA-256.
    """
    yield from policies(
        context, "github", "piped", "GITHUB020", "download a version, compare its checksum, then run it"
    )


@rule("GITHUB021", severity="warning")
def scripts_have_no_expressions(context: Context) -> Iterator[Problem]:
    """A script has no expressions in it.

    GitHub puts the value into the script before a shell reads it: a quote or a `$(…)` in it is code. What strangers
    choose is FILE028's; this is about all others, whose origin changes with the next edit. Give it by `env:`, and write
    `"$NAME"`.
    """
    yield from policies(
        context, "github", "expression", "GITHUB021", 'give it by env:, and write "$NAME" in the script'
    )


@rule("GITHUB031")
def pull_requests_run_on_githubs_machines(context: Context) -> Iterator[Problem]:
    """A pull request does not run on a machine of your own.

    What it leaves there, the next job finds: a changed tool, a process that waits for secrets. Run pull requests on
    GitHub's runners, or on machines that live for one job.
    """
    yield from policies(context, "github", "hosted", "GITHUB031", "use a runner of GitHub's for pull requests")


@rule("GITHUB033")
def signatures_have_an_identity(context: Context) -> Iterator[Problem]:
    """A signature is verified with the identity of who had to sign.

    Without one, `cosign verify` accepts anyone who has an account anywhere, and `gh attestation verify` any workflow of
    the repository. Name the workflow and the issuer.
    """
    yield from policies(
        context, "github", "identity", "GITHUB033", "name the workflow and the issuer that must have signed"
    )


RULES = (
    workflows_say_their_rights,
    rights_are_of_jobs,
    untrusted_code_gets_no_secrets,
    secrets_are_not_printed,
    checkouts_leave_no_token,
    secrets_are_handed_on_by_name,
    downloads_are_verified,
    scripts_have_no_expressions,
    pull_requests_run_on_githubs_machines,
    signatures_have_an_identity,
)
