"""Terraform: data is not destroyed, no password is in a file, versions are pinned, and no state is committed."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.terraform import destruction, trust
from stead.check.terraform.source import DATA, RESOURCE, place, sources
from stead.model import Problem, SourceLocation

NAME = r"(password|passwd|secret_key|access_key|api_key|private_key|secret_string|token)"
PASSWORD = re.compile(rf'^\s*"?\w*{NAME}"?\s*[=:]\s*"[^"$]+"\s*(?:#.*)?$', re.MULTILINE | re.IGNORECASE)
DEFAULT = re.compile(
    rf'^variable "\w*{NAME}" \{{[^}}]*?^\s*default\s*=\s*"[^"$]+"', re.MULTILINE | re.DOTALL | re.IGNORECASE
)
PROVIDERS = re.compile(r"^\s*required_providers\s*\{((?:[^{}]|\{[^{}]*\})*)\}", re.MULTILINE)
PROVIDER = re.compile(r"(\w+)\s*=\s*\{([^}]*)\}")
OPEN = re.compile(r'\bversion\s*=\s*"\s*(>=?[^,"]*)"')
STATE = re.compile(r"\.tfstate(\.\w+)?$|\.tfplan$|^tfplan$|\.tfvars(\.json)?$")


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
    for path, text in sources(context):
        for found in RESOURCE.finditer(text):
            if DATA.fullmatch(found[1]) and not re.search(r"prevent_destroy\s*=\s*true", found[3]):
                where = place(path, text, found.start())
                message = f"{found[1]}.{found[2]} holds data, and an apply may destroy it"
                yield Problem("TERRAFORM021", message, where, "write lifecycle { prevent_destroy = true }")


@rule("TERRAFORM022", shown=False)
def no_password_is_in_a_file(context: Context) -> Iterator[Problem]:
    """No password, key or token is written in a file of Terraform.

    It is in the history from its first commit on, and in the state. Let the cloud make it
    (`manage_master_user_password`, `generate_password`), or give it to a write-only argument from an ephemeral value.
    """
    for path, text in sources(context):
        for found in (*PASSWORD.finditer(text), *DEFAULT.finditer(text)):
            where = place(path, text, found.end() - 1)
            mend = "make a new one, and let the cloud make it, or give it to a write-only argument"
            yield Problem("TERRAFORM022", f"a {found[1]} stands in the file", where, mend)


@rule("TERRAFORM023")
def versions_have_an_end(context: Context) -> Iterator[Problem]:
    """A version that is asked for has an end: `~> 6.0`, not `>= 6.0`.

    The next major version of a provider removes arguments, and comes on the day on which someone runs `init -upgrade`.
    Write `~> 6.0`, and commit `.terraform.lock.hcl`.
    """
    for path, text in sources(context):
        for found in OPEN.finditer(text):
            where = place(path, text, found.start(1))
            message = f"any later version is accepted: {found[1].strip()}"
            yield Problem("TERRAFORM023", message, where, f"write ~> {found[1].strip('>= ')}")
        for block in PROVIDERS.finditer(text):
            for found in PROVIDER.finditer(block[1]):
                if "source" in found[2] and not re.search(r"\bversion\s*=", found[2]):
                    where = place(path, text, block.start(1) + found.start())
                    message = f"any version of the provider {found[1]} is accepted"
                    yield Problem("TERRAFORM023", message, where, 'write version = "~> …" beside its source')


RULES = (
    no_state_is_committed,
    data_is_not_destroyed,
    no_password_is_in_a_file,
    versions_have_an_end,
    *trust.RULES,
    *destruction.RULES,
)
