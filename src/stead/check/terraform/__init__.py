"""Terraform: data is not destroyed, no password is in a file, versions are pinned, and no state is committed."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem, SourceLocation

DATA = re.compile(
    r"aws_(db_instance|rds_cluster|s3_bucket|dynamodb_table|efs_file_system|kms_key)"
    r"|yandex_(mdb_\w+_cluster(_v2)?|mdb_\w+_database|storage_bucket|ydb_database_\w+|kms_symmetric_key)"
    r"|twc_(database_cluster|database_instance|s3_bucket)|google_(sql_database_instance|storage_bucket)"
)
RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{[^\n]*$(.*?)^\}', re.MULTILINE | re.DOTALL)
PASSWORD = re.compile(r'^\s*\w*(password|secret_key|token)\w*\s*=\s*"[^"$]+"\s*$', re.MULTILINE)
OPEN = re.compile(r'^\s*version\s*=\s*"\s*(>=?[^,"]*)"\s*$', re.MULTILINE)
STATE = re.compile(r"\.tfstate(\.\w+)?$|\.tfplan$|(^|/)[^/]*\.tfvars$")


def _sources(context: Context) -> Iterator[tuple[Path, str]]:
    for path in context.tree.named("*.tf"):
        text = context.tree.text(path)
        if text is not None:
            yield path, text


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


@rule("TERRAFORM020", shown=False)
def no_state_is_committed(context: Context) -> Iterator[Problem]:
    """No state, no plan and no values of variables are in the repository.

    A state holds every attribute of every resource in the clear, passwords among them, and two copies of it are two
    truths. Keep it in a bucket with a lock, `Infrastructure(…, state="the-bucket")`, and let git ignore the files.
    """
    for path in context.tree.files:
        if STATE.search(path.name):
            mend = f"git rm --cached {path.name}, change every secret in it, and let git ignore it"
            yield Problem("TERRAFORM020", f"{path.name} is in the repository", SourceLocation(str(path), 1, 1), mend)


@rule("TERRAFORM021")
def data_is_not_destroyed(context: Context) -> Iterator[Problem]:
    """A resource that holds data has `prevent_destroy`.

    A name that is changed, or a module that is moved, makes a new database and destroys the old one, and the plan says
    so in one line of a hundred. Write `lifecycle { prevent_destroy = true }`; what shall go is taken out by hand.
    """
    for path, text in _sources(context):
        for found in RESOURCE.finditer(text):
            if DATA.fullmatch(found[1]) and not re.search(r"prevent_destroy\s*=\s*true", found[3]):
                where = SourceLocation(str(path), _line(text, found.start()), 1)
                message = f"{found[1]}.{found[2]} holds data, and an apply may destroy it"
                yield Problem("TERRAFORM021", message, where, "write lifecycle { prevent_destroy = true }")


@rule("TERRAFORM022", shown=False)
def no_password_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No password, key or token is written in a file of Terraform.

    It is in the history from its first commit on, and in the state. Let the cloud make it
    (`manage_master_user_password`, `generate_password`), or give it to a write-only argument from an ephemeral value.
    """
    for path, text in _sources(context):
        for found in PASSWORD.finditer(text):
            where = SourceLocation(str(path), _line(text, found.start(1)), 1)
            mend = "make a new one, and let the cloud make it, or give it to a write-only argument"
            yield Problem("TERRAFORM022", f"a {found[1]} stands in the file", where, mend)


@rule("TERRAFORM023")
def versions_have_an_end(context: Context) -> Iterator[Problem]:
    """A version that is asked for has an end: `~> 6.0`, not `>= 6.0`.

    The next major version of a provider removes arguments, and comes on the day on which somebody runs `init -upgrade`.
    Write `~> 6.0`, and commit `.terraform.lock.hcl`.
    """
    for path, text in _sources(context):
        for found in OPEN.finditer(text):
            where = SourceLocation(str(path), _line(text, found.start(1)), 1)
            message = f"any later version is taken: {found[1].strip()}"
            yield Problem("TERRAFORM023", message, where, f"write ~> {found[1].strip('>= ')}")


RULES = (no_state_is_committed, data_is_not_destroyed, no_password_is_in_a_file, versions_have_an_end)
