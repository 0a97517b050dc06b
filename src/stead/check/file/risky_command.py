"""What scripts and pipelines run without a proof of whom they ask, and what they open, remove or lose."""

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


@rule("FILE034", severity="warning")
def files_are_not_open_to_all(context: Context) -> Iterator[Problem]:
    """A script makes no file writable for all.

    After `chmod 777` or `666` every program and every user of the machine may change what the next one runs or reads.
    Give the file an owner: `chown`, `install -o app -m 640`. In a pipeline, whose machine is one job's own, and in
    tests and examples this is told with `--strict`.
    """
    pipelines = frozenset(context.tree.forge_files)
    for file, at in _commands(context, "opened"):
        sure = file not in pipelines and not context.tree.is_sample(file)
        mend = "give it an owner, and write chmod 640, or 750"
        yield Problem("FILE034", f"{at.text!r} lets every user write to it", place(file, at), mend, sure=sure)


@rule("FILE035")
def secrets_are_not_sent_in_plain_text(context: Context) -> Iterator[Problem]:
    """A script sends no secret to an `http://` address.

    Everybody on the way reads it: a token in `Authorization`, a password of `--user`, a secret of a pipeline. Write
    `https://`. Addresses of this machine and of private networks are left alone.
    """
    for file, at in _commands(context, "plain"):
        message = f"this sends a secret to {at.text} in plain text"
        yield Problem("FILE035", message, place(file, at), "write https://")


@rule("FILE036", severity="warning")
def scripts_stop_at_what_fails(context: Context) -> Iterator[Problem]:
    """A script that dumps, migrates, builds or ships stops at what fails.

    Without `set -e` a shell goes on: the migration failed, the new version is shipped all the same, and the script ends
    well. Write `set -eu` behind the first line. What reads another script is left alone, since that one may say it.
    """
    for file, at in _commands(context, "unstopped"):
        message = f"this script goes on when {at.text!r} fails"
        sure = not context.tree.is_sample(file)
        yield Problem("FILE036", message, place(file, at), "write set -eu behind the first line", sure=sure)


@rule("FILE038", severity="warning")
def answers_are_read(context: Context) -> Iterator[Problem]:
    """A `curl` that asks whether a service is well fails when it is not.

    Without `-f` curl ends well for a 500 and a 404 as for a 200: the smoke test passes while nothing works. Write
    `curl -fsS`, or read the status by `-w '%{http_code}'`.
    """
    for file, at in _commands(context, "unread"):
        message = "this takes every answer for a good one, a 500 among them"
        yield Problem("FILE038", message, place(file, at), "write curl -fsS")


def _commands(context: Context, kind: str) -> Iterator[tuple[Path, At]]:
    return ((file, at) for file, at in context.everywhere("pipeline") if at.more == kind)


def _line(context: Context, file: Path, at: At) -> str:
    lines = (context.tree.text(file) or "").splitlines()
    return lines[at.line - 1] if at.line <= len(lines) else ""


RULES = (
    peers_are_verified,
    failed_dumps_are_noticed,
    deliveries_remove_no_data,
    history_is_not_replaced,
    files_are_not_open_to_all,
    secrets_are_not_sent_in_plain_text,
    scripts_stop_at_what_fails,
    answers_are_read,
)
