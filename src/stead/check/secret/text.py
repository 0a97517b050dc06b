"""Secrets in texts: keys, tokens and passwords in files that everybody with a clone can read."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At, is_dotenv, kind_of
from stead.check.rule import rule
from stead.model import Problem

TESTS = re.compile(r"(?:^|/)(?:tests?|__tests__|spec|fixtures|testdata|mocks?)/|(?:^|/)test_|[._](?:test|spec)\.\w+$")
PRODUCTION = re.compile(r"(?:^|[._-])prod(?:uction)?(?:[._-]|$)")
ROTATE = "remove it, and have its owner replace it: every clone has the old one"


@rule("SECRET010", shown=False)
def no_token_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No file has a token or a key of a provider: AWS, GitHub, GitLab, Slack, Stripe, Telegram and others.

    The rule recognises the forms that detect-secrets knows. Everyone with a clone has the token, and it stays in the
    history. Revoke it at the provider, and read the new one from the environment.
    """
    for file, at in leaked(context, "token"):
        yield Problem("SECRET010", f"this looks like a {at.text}", place(file, at), ROTATE)


@rule("SECRET011", shown=False)
def no_private_key_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No file has a private key: PEM, OpenSSH, PGP, PuTTY, age.

    Everyone with a clone has a committed key, also after the file is deleted. Create a new pair, and store the private
    key in a secret store.
    """
    for file, at in leaked(context, "key"):
        yield Problem("SECRET011", f"this looks like a {at.text}", place(file, at), ROTATE)


@rule("SECRET012", shown=False)
def no_password_is_in_a_url(context: Context) -> Iterator[Problem]:
    """No URL has a password in it.

    `postgres://user:password@host` is a password in a file, and a URL is what logs and errors print first. Read it from
    the environment. The rule skips placeholders, `example.com` and passwords that equal the user's name.
    """
    for file, at in leaked(context, "url"):
        yield Problem(
            "SECRET012", "this URL has a password in it", place(file, at), "read the URL from the environment"
        )


@rule("SECRET013", shown=False)
def no_secret_is_assigned(context: Context) -> Iterator[Problem]:
    """No file sets a password, a secret, a token or a key, by its name.

    Reported if the value looks generated: at least twelve random letters and digits. The rule skips tests and
    placeholders. Read the value from the environment, and replace it.
    """
    for file, at in leaked(context, "assignment"):
        if not TESTS.search(file.relative_to(context.root).as_posix() if context.root in file.parents else file.name):
            yield Problem("SECRET013", f"{at.text} has a value that looks real", place(file, at), ROTATE)


@rule("SECRET017", shown=False)
def no_secret_is_in_a_pipeline(context: Context) -> Iterator[Problem]:
    """A pipeline takes its secrets from the store of GitHub or GitLab.

    A value in `env:`, `with:` or `variables:` is in the repository, and is not masked in the log. The rule skips
    obvious test values, such as `postgres`. Write `${{ secrets.NAME }}`, or a masked variable of GitLab's.
    """
    for file, at in leaked(context, "ci"):
        message = f"{at.text} has its value in the pipeline's text"
        yield Problem("SECRET017", message, place(file, at), "take it from the pipeline's secrets")


@rule("SECRET018", severity="warning")
def no_secret_is_on_a_command_line(context: Context) -> Iterator[Problem]:
    """No command of a script, a Makefile or a pipeline gets a secret as an argument.

    Every user of the machine can read arguments (`ps`), and they appear in shell traces and history files. Pass it in a
    variable (`PGPASSWORD`), in a file, or on standard input (`--password-stdin`). Reported only with `--strict`:
    commands of pipelines, whose machine serves one job, build arguments included; values for development (`postgres`,
    `changeme`); tests and examples.
    """
    pipelines = frozenset(context.tree.forge_files)
    for file, at in leaked(context, "command", "command throwaway"):
        message = f"{at.text} passes a secret on the command line"
        sure = is_real(file, at) and file not in pipelines and not context.tree.is_sample(file)
        mend = "pass it in a variable, in a file or on standard input"
        yield Problem("SECRET018", message, place(file, at), mend, sure=sure)


def is_real(file: Path, at: At) -> bool:
    """Recognise a value that guards something: it is not marked as a laptop's, or the file is production's."""
    return not at.more.endswith(" throwaway") or bool(PRODUCTION.search(file.name))


def leaked(context: Context, *ways: str) -> Iterator[tuple[Path, At]]:
    """Yield what was exposed in one of these ways. A real env file may: SETTING017 keeps it out of git."""
    for file, at in context.everywhere("secrets"):
        if at.more in ways and (kind_of(file) != "dotenv" or not is_dotenv(file.name) or "example" in file.name):
            yield file, at


RULES = (
    no_token_is_in_a_file,
    no_private_key_is_in_a_file,
    no_password_is_in_a_url,
    no_secret_is_assigned,
    no_secret_is_in_a_pipeline,
    no_secret_is_on_a_command_line,
)
