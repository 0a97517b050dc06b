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
    """A script does not disable the verification of a server's identity.

    With `StrictHostKeyChecking=no`, `curl -k` or `--insecure-skip-tls-verify` an attacker on the path gets the
    credential, and can answer with other content. Add the host's key to `known_hosts`, or the certificate of the
    authority. The rule skips addresses of this machine.
    """
    for file, at in _commands(context, "unverified"):
        message = f"{at.text!r} accepts any host key or certificate"
        yield Problem("FILE030", message, place(file, at), "pin the host's key, or name the authority's certificate")


@rule("FILE031")
def failed_dumps_are_noticed(context: Context) -> Iterator[Problem]:
    """The failure of a dump in a pipe fails the script.

    `pg_dump … | gzip > file` ends with the status of gzip: an incomplete dump is stored as a backup without an error.
    Write `set -o pipefail` in a script of bash, or dump into a file first.
    """
    for file, at in _commands(context, "dump"):
        message = f"the failure of {at.text} is lost in the pipe"
        yield Problem("FILE031", message, place(file, at), "write set -o pipefail, or dump into a file first")


@rule("FILE032")
def deliveries_remove_no_data(context: Context) -> Iterator[Problem]:
    """A script that deploys, or that names production, removes no data.

    `docker compose down -v` in a script of deployment removes every volume, with the databases in them, and the next
    line starts empty ones. So do `kubectl delete namespace` and `DROP DATABASE`. Remove the option or the line; move a
    command for a laptop to its own script, without names of shared environments.
    """
    for file, at in _commands(context, "removes"):
        line = _line(context, file, at)
        if DELIVERY.search(file.name) or PRODUCTION.search(line):
            yield Problem(
                "FILE032", f"{at.text!r} removes data of a running environment", place(file, at), "remove this command"
            )


@rule("FILE033")
def history_is_not_replaced(context: Context) -> Iterator[Problem]:
    """A script does not force-push to the main branch.

    `git push --force` to `main` silently removes commits of others. Push without it, so that git refuses; for your own
    branch use `--force-with-lease`.
    """
    for file, at in _commands(context, "forced"):
        message = "this overwrites the main branch"
        yield Problem("FILE033", message, place(file, at), "push without --force")


def _commands(context: Context, kind: str) -> Iterator[tuple[Path, At]]:
    return ((file, at) for file, at in context.everywhere("pipeline") if at.more == kind)


def _line(context: Context, file: Path, at: At) -> str:
    lines = (context.tree.text(file) or "").splitlines()
    return lines[at.line - 1] if at.line <= len(lines) else ""


RULES = (peers_are_verified, failed_dumps_are_noticed, deliveries_remove_no_data, history_is_not_replaced)
