"""What scripts and pipelines run without a proof of whom they ask, and what they remove or lose."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts import At
from stead.check.rule import rule
from stead.model import Problem

DELIVERY = re.compile(r"(?:^|[._-])(?:deploy|ship|release|rollout|upgrade|prod|production)(?:[._-]|$)", re.IGNORECASE)
PRODUCTION = re.compile(r"(?:^|[\s\"'=/._-])prod(?:uction)?(?=$|[\s\"'/._-])")


@rule("FILE030")
def peers_are_verified(context: Context) -> Iterator[Problem]:
    """A script does not switch off the proof of who answers.

    With `StrictHostKeyChecking=no`, `curl -k` or `--insecure-skip-tls-verify` anybody on the way takes the credential,
    and gives a program or an answer of their own. Put the host's key into `known_hosts`, or name the certificate of the
    authority. This machine's own addresses are left alone.
    """
    for file, at in _commands(context, "unverified"):
        message = f"{at.text!r} accepts any host key or certificate"
        yield Problem("FILE030", message, place(file, at), "pin the host's key, or name the authority's certificate")


@rule("FILE031")
def failed_dumps_are_noticed(context: Context) -> Iterator[Problem]:
    """A dump that fails in a pipe fails its script.

    `pg_dump … | gzip > file` ends with the status of gzip: the dump that broke off is an archive of nothing, every
    night, until it is needed. Write `set -o pipefail` in a script of bash, or dump into a file first.
    """
    for file, at in _commands(context, "dump"):
        message = f"the failure of {at.text} is lost in the pipe"
        yield Problem("FILE031", message, place(file, at), "write set -o pipefail, or dump into a file first")


@rule("FILE032")
def deliveries_remove_no_data(context: Context) -> Iterator[Problem]:
    """What delivers, or names production, removes no data.

    `docker compose down -v` in a script of deployment removes every volume, with the databases in them, and the next
    line starts empty ones. So do `kubectl delete namespace` and `DROP DATABASE`. Remove the option or the line; what is
    meant for a laptop has a script of its own, that names no environment of others.
    """
    for file, at in _commands(context, "removes"):
        line = _line(context, file, at)
        if DELIVERY.search(file.name) or PRODUCTION.search(line):
            yield Problem("FILE032", f"{at.text!r} removes data of what runs", place(file, at), "remove this command")


@rule("FILE033")
def history_is_not_replaced(context: Context) -> Iterator[Problem]:
    """A script does not push over the main branch.

    `git push --force` to `main` removes what others pushed meanwhile, and no one is told. Push without it, so that git
    refuses; for a branch of one's own there is `--force-with-lease`.
    """
    for file, at in _commands(context, "forced"):
        message = "this replaces the main branch with what is here"
        yield Problem("FILE033", message, place(file, at), "push without --force")


def _commands(context: Context, kind: str) -> Iterator[tuple[Path, At]]:
    return ((file, at) for file, at in context.everywhere("pipeline") if at.more == kind)


def _line(context: Context, file: Path, at: At) -> str:
    lines = (context.tree.text(file) or "").splitlines()
    return lines[at.line - 1] if at.line <= len(lines) else ""


RULES = (peers_are_verified, failed_dumps_are_noticed, deliveries_remove_no_data, history_is_not_replaced)
