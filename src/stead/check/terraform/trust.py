"""Terraform: a state has a lock, modules are pinned, data is not public, and secrets are not printed."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.terraform.block import blocks, resources
from stead.check.terraform.source import DATA, place, sources
from stead.model import Problem

LOCK = re.compile(r"^[ \t]*(use_lockfile\s*=\s*true|dynamodb_table\s*=|lock_address\s*=)", re.MULTILINE)
SOURCE = re.compile(r'^[ \t]*source\s*=\s*"([^"]+)"', re.MULTILINE)
VERSION = re.compile(r"^[ \t]*version\s*=", re.MULTILINE)
REVISION = re.compile(r"[?&]ref=(v?\d+(\.\d+)+\S*|[0-9a-f]{40})$")
REGISTRY = re.compile(r"([\w.-]+\.[a-z]+/)?[\w-]+/[\w-]+/[\w-]+")
PUBLIC = re.compile(
    r"^[ \t]*(publicly_accessible\s*=\s*true|assign_public_ip\s*=\s*true|acl\s*=\s*\"public-read[^\"]*\")", re.MULTILINE
)
ANYWHERE = re.compile(r'"(0\.0\.0\.0/0|::/0)"')
PORT = re.compile(
    r"^[ \t]*(?:from_)?port\s*=\s*(22|1433|2379|3306|3389|5432|6379|6432|9200|27017)\s*(?:#.*)?$", re.MULTILINE
)
NAME = re.compile(r"\w*(?:password|passwd|secret_key|private_key|api_key|kubeconfig|token)", re.IGNORECASE)
HIDDEN = re.compile(r"^[ \t]*(sensitive|ephemeral)\s*=\s*true", re.MULTILINE)


@rule("TERRAFORM024")
def states_have_a_lock(context: Context) -> Iterator[Problem]:
    """A remote state has a lock.

    Two concurrent applies overwrite each other's state: the resources of the first are in no state, but are billed.
    Write `use_lockfile = true` for S3, `lock_address` for HTTP.
    """
    for path, text in sources(context):
        for block in blocks(text, "backend"):
            # An empty block is completed by -backend-config, which may set the lock.
            if block.labels in (("s3",), ("http",)) and block.body.strip() and not LOCK.search(block.body):
                kind = block.labels[0]
                mend = "write use_lockfile = true" if kind == "s3" else "write lock_address and unlock_address"
                where = place(path, text, block.start)
                yield Problem("TERRAFORM024", f"the state in {kind} has no lock", where, mend)


@rule("TERRAFORM025")
def modules_are_pinned(context: Context) -> Iterator[Problem]:
    """An external module has a version or a commit.

    A branch can change, and the module is applied with your credentials. Write `version` for a
    module of the registry, `?ref=` with a tag or a commit for one of git.
    """
    for path, text in sources(context):
        for block in blocks(text, "module"):
            source = SOURCE.search(block.body)
            if source and not _pinned(source[1], block.body):
                where = place(path, text, block.at + source.start(1))
                mend = 'write version = "~> …"' if REGISTRY.fullmatch(source[1]) else "add ?ref= and a tag or a commit"
                yield Problem(
                    "TERRAFORM025", f"the module {'.'.join(block.labels)} has no version: {source[1]}", where, mend
                )


def _pinned(source: str, body: str) -> bool:
    if source.startswith((".", "/")):
        return True
    if REGISTRY.fullmatch(source) and not source.startswith(("github.com/", "bitbucket.org/")):
        return bool(VERSION.search(body))
    return bool(REVISION.search(source)) or source.startswith(("s3::", "gcs::", "http"))


@rule("TERRAFORM026")
def data_is_not_public(context: Context) -> Iterator[Problem]:
    """Resources with data, and SSH ports, are not reachable from the Internet.

    A public database is attacked within the hour, and a public bucket is soon found by scanners. Remove the option, and
    give access through a private network or a bastion.
    """
    for path, text in sources(context):
        for block in resources(text):
            kind = block.labels[0]
            public = PUBLIC.search(block.body) if DATA.fullmatch(kind) or kind.endswith("_acl") else None
            if public:
                where = place(path, text, block.at + public.start(1))
                message = f"{'.'.join(block.labels)} is public: {' '.join(public[1].split())}"
                yield Problem("TERRAFORM026", message, where, "remove it; use a private network")
        for block in blocks(text, "ingress"):
            port = PORT.search(block.body)
            if port and ANYWHERE.search(block.body):
                where = place(path, text, block.at + port.start(1))
                yield Problem(
                    "TERRAFORM026",
                    f"the whole internet can reach port {port[1]}",
                    where,
                    "name the permitted principals",
                )


@rule("TERRAFORM027", severity="warning")
def secrets_are_not_printed(context: Context) -> Iterator[Problem]:
    """A secret variable or output is marked as sensitive.

    Without `sensitive`, `plan` and `apply` print it, and a pipeline's log keeps it. Write `sensitive = true`, or
    `ephemeral = true`, so that it is in no state either.
    """
    for path, text in sources(context):
        for block in blocks(text, "variable", "output"):
            name = block.labels[0] if block.labels else ""
            if NAME.fullmatch(name) and not HIDDEN.search(block.body):
                message = f'{block.type} "{name}" is printed by a plan'
                yield Problem("TERRAFORM027", message, place(path, text, block.start), "write sensitive = true")


RULES = (states_have_a_lock, modules_are_pinned, data_is_not_public, secrets_are_not_printed)
