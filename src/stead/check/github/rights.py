"""Rights, secrets and strangers: what a workflow may do, and who may make it do something."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.pipeline_policy import policies, policies_by_file
from stead.check.rule import rule
from stead.model import Problem


@rule("GITHUB010", severity="warning")
def workflows_say_their_rights(context: Context) -> Iterator[Problem]:
    """Every job of a workflow declares its permissions.

    Without `permissions`, a job's token has the default of the repository's settings, often write access to everything.
    Write `permissions: {}` at the top, and at each job what it needs.
    """
    yield from policies(
        context, "github", "permissions", "GITHUB010", "write permissions: {} at the top, and at each job what it needs"
    )


@rule("GITHUB011")
def rights_are_of_jobs(context: Context) -> Iterator[Problem]:
    """Only the job that needs a write permission has it.

    A permission at the top of the workflow applies to every job, also to one that runs a pull request's tests. Move it
    to the job, with the reason as a comment.
    """
    yield from policies(context, "github", "broad", "GITHUB011", "move it to the job that needs it")


@rule("GITHUB016")
def untrusted_code_gets_no_secrets(context: Context) -> Iterator[Problem]:
    """Code of a pull request from outside does not run with the repository's secrets.

    `pull_request_target` and `workflow_run` have the secrets and the permissions of the default branch. A job that
    checks out the pull request's head, or turns its output into variables, runs untrusted code with them. Build pull
    requests on `pull_request`; let the trusted workflow read results only.
    """
    yield from policies(
        context, "github", "taken", "GITHUB016", "use pull_request, or do not check out the head of the pull request"
    )


@rule("GITHUB017")
def secrets_are_not_printed(context: Context) -> Iterator[Problem]:
    """No secret is printed.

    GitHub masks only a secret's exact text: encoded, truncated or inside JSON it appears in the log. Pass it to the
    program in its environment, or on standard input.
    """
    yield from policies(
        context, "github", "printed", "GITHUB017", "pass it only to the program that needs it, and do not print it"
    )


@rule("GITHUB018", severity="warning")
def checkouts_leave_no_token(context: Context) -> Iterator[Problem]:
    """A checkout does not store the job's token.

    `actions/checkout` stores the job's token in `.git/config` by default, where each later step can read it, and an
    artifact with the folder contains it. A job that pushes should log in at that step.
    """
    yield from policies_by_file(context, "github", "token", "GITHUB018", "add with: persist-credentials: false")


@rule("GITHUB019")
def secrets_are_handed_on_by_name(context: Context) -> Iterator[Problem]:
    """Secrets are passed to a called workflow by name.

    `secrets: inherit` passes every secret of the repository. List the ones that the workflow needs.
    """
    yield from policies(context, "github", "inherited", "GITHUB019", "list the secrets that the workflow needs")


@rule("GITHUB020")
def downloads_are_verified(context: Context) -> Iterator[Problem]:
    """A download is verified before it runs.

    `curl … | sh` runs an unverified response of the server, with the job's secrets. Use a pinned action or image, or
    download a version and compare its SHA-256.
    """
    yield from policies(
        context, "github", "piped", "GITHUB020", "download a version, compare its checksum, then run it"
    )


@rule("GITHUB021", severity="warning")
def scripts_have_no_expressions(context: Context) -> Iterator[Problem]:
    """A script contains no expressions.

    GitHub inserts the value before a shell parses the script: a quote or a `$(…)` in it is code. FILE028 covers values
    from outside, this rule all others. Pass it in `env:`, and write `"$NAME"`.
    """
    yield from policies(
        context, "github", "expression", "GITHUB021", 'pass it in env:, and write "$NAME" in the script'
    )


@rule("GITHUB031")
def pull_requests_run_on_githubs_machines(context: Context) -> Iterator[Problem]:
    """A pull request does not run on a self-hosted runner.

    It can leave a changed tool or a process that affects the next job. Run pull requests on GitHub's runners, or on
    ephemeral machines.
    """
    yield from policies(context, "github", "hosted", "GITHUB031", "use GitHub's runners for pull requests")


@rule("GITHUB033")
def signatures_have_an_identity(context: Context) -> Iterator[Problem]:
    """A signature is verified with the identity of the expected signer.

    Without one, `cosign verify` accepts a signature of any account, and `gh attestation verify` any workflow of
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
