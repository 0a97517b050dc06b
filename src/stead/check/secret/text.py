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
ROTATE = "remove it, and have its owner create a new one: every clone has the old one"


@rule("SECRET010", shown=False)
def no_token_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No file has a token or a key of a provider: AWS, GitHub, GitLab, Slack, Stripe, Telegram and others.

    Told by its form, as detect-secrets knows it. Anyone who has a clone has it, and removing the line leaves it in the
    history. Revoke it where it was made, and read the new one from the environment.
    """
    for file, at in leaked(context, "token"):
        yield Problem("SECRET010", f"here is what looks like a {at.text}", place(file, at), ROTATE)


@rule("SECRET011", shown=False)
def no_private_key_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No file has a private key: PEM, OpenSSH, PGP, PuTTY, age.

    A key that was committed is everybody's, also when the file is deleted. Make a new pair, and keep the private half
    in a secret store.
    """
    for file, at in leaked(context, "key"):
        yield Problem("SECRET011", f"here is what looks like a {at.text}", place(file, at), ROTATE)


@rule("SECRET012", shown=False)
def no_password_is_in_a_url(context: Context) -> Iterator[Problem]:
    """No URL has a password in it.

    `postgres://user:password@host` is a password in a file, and a URL is what logs and errors print first. Read it from
    the environment. Placeholders, `example.com` and passwords that repeat the user's name are left alone.
    """
    for file, at in leaked(context, "url"):
        yield Problem(
            "SECRET012", "this URL has a password in it", place(file, at), "read the URL from the environment"
        )


@rule("SECRET013", shown=False)
def no_secret_is_assigned(context: Context) -> Iterator[Problem]:
    """What is named a password, a secret, a token or a key is not given a value in a file.

    Told where the value looks as if a machine had made it: twelve letters and digits or more, without order. Tests are
    left alone, and so is what says itself that it is a placeholder. Read it from the environment, and change it.
    """
    for file, at in leaked(context, "assignment"):
        if not TESTS.search(file.relative_to(context.root).as_posix() if context.root in file.parents else file.name):
            yield Problem("SECRET013", f"{at.text} has what looks like a real value", place(file, at), ROTATE)


@rule("SECRET017", shown=False)
def no_secret_is_in_a_pipeline(context: Context) -> Iterator[Problem]:
    """A pipeline takes its secrets from the store of GitHub or GitLab.

    A value in `env:`, `with:` or `variables:` is in the repository, and is not masked in the log. What says that it is
    a test's own, such as `postgres`, is left alone. Write `${{ secrets.NAME }}`, or a masked variable of GitLab's.
    """
    for file, at in leaked(context, "ci"):
        message = f"{at.text} has its value in the pipeline's text"
        yield Problem("SECRET017", message, place(file, at), "take it from the pipeline's secrets")


@rule("SECRET018", severity="warning")
def no_secret_is_on_a_command_line(context: Context) -> Iterator[Problem]:
    """No command of a script, a Makefile or a pipeline gets a secret as an argument.

    Arguments are read by everyone on the machine (`ps`), stand in the log of a shell that traces, and stay in history
    files. Give it by a variable (`PGPASSWORD`), a file, or standard input (`--password-stdin`). Told with `--strict`: a
    pipeline's (its machine is one job's own), a build argument in it among them; a value that says itself that it is a
    laptop's (`postgres`, `changeme`); and tests and examples.
    """
    pipelines = frozenset(context.tree.forge_files)
    for file, at in leaked(context, "command", "command throwaway"):
        message = f"{at.text} puts a secret on the command line"
        sure = is_real(file, at) and file not in pipelines and not context.tree.is_sample(file)
        mend = "give it by a variable, a file or standard input"
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
