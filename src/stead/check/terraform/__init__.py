"""Terraform: data is not destroyed, no password is in a file, versions are pinned, and no state is committed."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.terraform import destruction, trust
from stead.check.terraform.block import blocks, resources
from stead.check.terraform.source import DATA, place, sources
from stead.model import Problem, SourceLocation

NAME = r"(password|passwd|secret_key|access_key|api_key|private_key|secret_string|token)"
BEFORE = r"^(?![ \t]*(?:#|//))(?:[^\n]{0,200}?[{,])?[ \t]*"  # the line, or what is before it in a block of one line
PASSWORD = re.compile(
    rf'{BEFORE}"?\w*{NAME}"?\s*[=:]\s*"[^"$]+"(?=\s*(?:[,}}]|(?:#.*)?$))', re.MULTILINE | re.IGNORECASE
)
VARIABLE = re.compile(rf"\w*{NAME}", re.IGNORECASE)
DEFAULT = re.compile(r'^[ \t]*default\s*=\s*"[^"$]+"', re.MULTILINE)
PROVIDERS = re.compile(r"^[ \t]*required_providers\s*\{((?:[^{}]|\{[^{}]*\})*)\}", re.MULTILINE)
PROVIDER = re.compile(r"(\w+)\s*=\s*\{([^}]*)\}")
OPEN = re.compile(r'\bversion\s*=\s*"\s*(>=?[^,"]*)"')
STATE = re.compile(r"\.tfstate(\.\w+)?$|\.tfplan$|^tfplan$|\.tfvars(\.json)?$")


@rule("TERRAFORM020", shown=False)
def no_state_is_committed(context: Context) -> Iterator[Problem]:
    """The repository has no state, no plan and no values of variables.

    A state holds every attribute of every resource unencrypted, passwords included, and two copies of it diverge. Store
    it in a bucket with a lock, `Infrastructure(…, state="the-bucket")`, and let git ignore the files.
    """
    for path in context.tree.files:
        if STATE.search(path.name):
            mend = f"git rm --cached {path.name}, change every secret in it, and let git ignore it"
            yield Problem("TERRAFORM020", f"{path.name} is in the repository", SourceLocation(str(path), 1, 1), mend)


@rule("TERRAFORM021")
def data_is_not_destroyed(context: Context) -> Iterator[Problem]:
    """A resource that holds data has `prevent_destroy`.

    A name that is changed, or a module that is moved, creates a new database and destroys the old one, which is easy to
    overlook in a plan. Write `lifecycle { prevent_destroy = true }`, and remove it only for an intended destroy.
    """
    for path, text in sources(context):
        for block in resources(text):
            if DATA.fullmatch(block.labels[0]) and not re.search(r"prevent_destroy\s*=\s*true", block.body):
                where = place(path, text, block.start)
                message = f"{'.'.join(block.labels)} holds data, and an apply may destroy it"
                yield Problem("TERRAFORM021", message, where, "write lifecycle { prevent_destroy = true }")


@rule("TERRAFORM022", shown=False)
def no_password_is_in_a_file(context: Context) -> Iterator[Problem]:
    """A file of Terraform contains no password, key or token.

    It is in the history and in the state. Let the cloud generate it (`manage_master_user_password`,
    `generate_password`), or pass it to a write-only argument from an ephemeral value.
    """
    for path, text in sources(context):
        for name, at in (*((found[1], found.end() - 1) for found in PASSWORD.finditer(text)), *_defaults(text)):
            mend = "replace it; let the cloud generate it, or pass it to a write-only argument"
            yield Problem("TERRAFORM022", f"the file contains a {name}", place(path, text, at), mend)


def _defaults(text: str) -> Iterator[tuple[str, int]]:
    """Yield each default of a secret variable: what the secret is, and where the default ends."""
    for block in blocks(text, "variable"):
        name = VARIABLE.fullmatch(block.labels[0]) if block.labels else None
        default = DEFAULT.search(block.body) if name else None
        if name and default:
            yield name[1], block.at + default.end() - 1


@rule("TERRAFORM023")
def versions_have_an_end(context: Context) -> Iterator[Problem]:
    """A version constraint has an upper bound: `~> 6.0`, not `>= 6.0`.

    The next major version of a provider removes arguments, and the next `init -upgrade` installs it.
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
