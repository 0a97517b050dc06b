"""Terraform: what a destroy leaves of data, and what a policy allows."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.check.terraform.block import blocks, resources
from stead.check.terraform.source import DATA, place, sources
from stead.model import Problem

UNGUARDED = re.compile(
    r"^[ \t]*((force_destroy|skip_final_snapshot|delete_automated_backups)\s*=\s*true"
    r"|(deletion_protection)\s*=\s*false)\s*(?:#.*)?$",
    re.MULTILINE,
)
ENCODED = re.compile(r"\{[^{}]*\bAction\s*[=:][^{}]*\}", re.DOTALL)
STAR = r'\s*[=:]\s*\[?\s*"\*"\s*\]?'
ACTIONS, RESOURCES = (re.compile(rf"\b{name}s?\b\"?{STAR}", re.IGNORECASE) for name in ("action", "resource"))
DENY = re.compile(r"\beffect\b\"?\s*[=:]\s*\"Deny\"", re.IGNORECASE)


@rule("TERRAFORM028")
def data_outlives_its_resource(context: Context) -> Iterator[Problem]:
    """A resource that holds data is not destroyed with its data.

    `force_destroy` empties a bucket before its deletion, `skip_final_snapshot` leaves no backup, and
    `deletion_protection = false` permits a deletion in the console. Remove the line; add it only for the apply of an
    intended deletion.
    """
    for path, text in sources(context):
        for block in resources(text):
            for line in UNGUARDED.finditer(block.body) if DATA.fullmatch(block.labels[0]) else ():
                where = place(path, text, block.at + line.start(1))
                message = f"{'.'.join(block.labels)} can be destroyed with its data: {' '.join(line[1].split())}"
                yield Problem("TERRAFORM028", message, where, "remove it, or set the opposite value")


@rule("TERRAFORM029")
def policies_are_bounded(context: Context) -> Iterator[Problem]:
    """A policy does not allow every action on everything.

    Its credentials control the account: other environments, backups, keys. Name the actions,
    and the resources by their ARNs.
    """
    for path, text in sources(context):
        statements = [(block.at, block.body) for block in blocks(text, "statement")]
        for at, policy in (*statements, *((found.start(), found[0]) for found in ENCODED.finditer(text))):
            actions = ACTIONS.search(policy)
            if actions and RESOURCES.search(policy) and not DENY.search(policy):
                where = place(path, text, at + actions.start())
                mend = "name the actions and the resources"
                yield Problem("TERRAFORM029", "this policy allows everything on everything", where, mend)


RULES = (data_outlives_its_resource, policies_are_bounded)
