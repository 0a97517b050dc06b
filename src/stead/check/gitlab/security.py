"""What a pipeline of GitLab trusts, and whom it lets ship."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.pipeline_policy import policies, policies_by_file
from stead.check.rule import rule
from stead.model import Problem


@rule("GITLAB011")
def images_are_built_without_a_daemon(context: Context) -> Iterator[Problem]:
    """Images are built without Docker in Docker.

    `docker:dind` needs a privileged runner: everyone who may push a branch is then root on that machine. BuildKit
    without root, or Buildah, builds the same Dockerfile.
    """
    yield from policies(context, "gitlab", "daemon", "GITLAB011", "build with moby/buildkit:rootless, or with Buildah")


@rule("GITLAB014")
def secrets_are_not_printed(context: Context) -> Iterator[Problem]:
    """No secret is printed.

    GitLab masks only the exact text of a variable marked as masked. Pass it to the program in its environment, or on
    standard input.
    """
    yield from policies(
        context, "gitlab", "printed", "GITLAB014", "pass it only to the program that needs it, and do not print it"
    )


@rule("GITLAB015")
def downloads_are_verified(context: Context) -> Iterator[Problem]:
    """A download is verified before it runs.

    `curl … | sh` runs an unverified response of the server, with the job's variables. Use an image by digest, or
    download a version and compare its SHA-256.
    """
    yield from policies(
        context, "gitlab", "piped", "GITLAB015", "download a version, compare its checksum, then run it"
    )


@rule("GITLAB019")
def identities_are_of_protected_references(context: Context) -> Iterator[Problem]:
    """A job gets its identity on protected references only.

    A token of `id_tokens` proves to a cloud or to Sigstore which project this is. On any branch, everyone who may push
    can ship as the project. Add a rule with `$CI_COMMIT_REF_PROTECTED`, a tag or the default branch.
    """
    yield from policies(
        context, "gitlab", "identity-token", "GITLAB019", 'add a rule with $CI_COMMIT_REF_PROTECTED == "true"'
    )


@rule("GITLAB020", severity="warning")
def ships_are_protected(context: Context) -> Iterator[Problem]:
    """A job that ships has an environment.

    A protected environment restricts who may ship, and holds its variables. Without one, every pipeline can ship. Name
    it.
    """
    yield from policies_by_file(
        context, "gitlab", "environment", "GITLAB020", "add environment: with the name of the environment"
    )


@rule("GITLAB023")
def includes_are_pinned(context: Context) -> Iterator[Problem]:
    """An include is pinned to a commit, or to a version of a component.

    A branch or a tag of another project changes under this pipeline, with all its variables. Write the commit as `ref`,
    a component's full version, and `integrity` for a file from the web.
    """
    yield from policies(
        context, "gitlab", "include", "GITLAB023", "write ref: <commit>, component@1.2.3, or integrity: sha256-…"
    )


@rule("GITLAB025")
def signatures_have_an_identity(context: Context) -> Iterator[Problem]:
    """A signature is verified with the identity of the expected signer.

    Without `--certificate-identity` and `--certificate-oidc-issuer`, `cosign verify` accepts a signature of any
    account. Name the project's pipeline and its server.
    """
    yield from policies(
        context, "gitlab", "identity", "GITLAB025", "add --certificate-identity and --certificate-oidc-issuer"
    )


RULES = (
    images_are_built_without_a_daemon,
    secrets_are_not_printed,
    downloads_are_verified,
    identities_are_of_protected_references,
    ships_are_protected,
    includes_are_pinned,
    signatures_have_an_identity,
)
