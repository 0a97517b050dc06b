"""Grafana: opened by who has a password, with data sources that are there."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from stead.check.compose.stack import compose_files, is_delivered, stacks
from stead.check.context import Context, place
from stead.check.facts.position import Positions
from stead.check.merged_config import documents
from stead.check.rule import rule
from stead.model import Problem

OPEN = {
    "GF_AUTH_ANONYMOUS_ENABLED": "allows anonymous access",
    "GF_USERS_ALLOW_SIGN_UP": "allows sign-up for every visitor",
}
PASSWORD = ("GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE")
UID = re.compile(r'"uid": ?"(?P<uid>[^"]*)"')
OWN = frozenset({"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana"})
URL = re.compile(r"url\s*=\s*\"(?P<url>https?://[^\"]+)\"")


@rule("OBSERVE014")
def grafana_is_closed(context: Context) -> Iterator[Problem]:
    """Grafana requires a login, and the administrator's password is not the default.

    Its graphs show the services, their failures and their logs; an administrator can use data sources to send requests
    inside the network. Disable anonymous access and sign-up, and give the password as a file:
    `GF_SECURITY_ADMIN_PASSWORD__FILE`.
    """
    for file, config in context.once(compose_files).items():
        for name, service in config.each("services"):
            for variable, wrong in OPEN.items():
                found = service.get("environment", variable)
                if found is not None and service.is_on("environment", variable):
                    message = f"{name} {wrong}"
                    yield Problem("OBSERVE014", message, found.place, f'write {variable}: "false"')
            given = any(service.get("environment", variable) is not None for variable in PASSWORD)
            if "grafana/grafana" in service.text_at("image") and not given and is_delivered(context, file):
                message = f"the administrator's password of {name} is the default password"
                mend = "add GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/GRAFANA_PASSWORD"
                yield Problem("OBSERVE014", message, (service.get("environment") or service).place, mend)


@rule("OBSERVE015")
def sources_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Grafana and Alloy use existing services, and dashboards use existing data sources.

    A panel without its source shows "No data", as without traffic; logs to an unknown host are lost. Fix the name.
    """
    named = {container.name for stack in stacks(context) for container in stack.containers}
    uids: set[str] = set()
    for file, config in context.once(documents).items():
        for _, source in config.each("datasources") if is_delivered(context, file) else ():
            uids.add(source.text_at("uid"))
            host = urlsplit(source.text_at("url")).hostname
            if named and host and host not in named:
                message = f"the data source {source.text_at('name')} has the host {host}, which is not a service"
                yield Problem("OBSERVE015", message, source.members["url"].place, "fix the name")
    yield from _senders(context, named)
    yield from _dashboards(context, uids)


def _senders(context: Context, named: set[str]) -> Iterator[Problem]:
    for file in context.tree.named("*.alloy") if named else ():
        text = context.tree.text(file) or ""
        for found in URL.finditer(text) if is_delivered(context, file) else ():
            host = urlsplit(found["url"]).hostname
            if host not in named:
                at = Positions(text).at(found.start("url"), "")
                message = f"{file.name} sends data to {host}, which is not a service"
                yield Problem("OBSERVE015", message, place(file, at), "fix the name")


def _dashboards(context: Context, uids: set[str]) -> Iterator[Problem]:
    for file in context.tree.named("*.json") if uids else ():
        if not is_delivered(context, file) or "dashboards" not in file.parts[-3:]:
            continue
        text = context.tree.text(file) or ""
        sources = _sources(text)
        for found in UID.finditer(text):
            if found["uid"] in sources - uids - OWN and "$" not in found["uid"]:
                at = Positions(text).at(found.start(), "")
                message = f"{file.name} uses the data source {found['uid']}, which does not exist"
                yield Problem("OBSERVE015", message, place(file, at), f"write one of {', '.join(sorted(uids))}")


def _sources(text: str) -> set[str]:
    """Return the uids of the data sources that a dashboard names, wherever in it."""
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return set()
    found: set[str] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            source = value.get("datasource")
            if isinstance(source, dict) and isinstance(source.get("uid"), str):
                found.add(source["uid"])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


RULES = (grafana_is_closed, sources_are_there)
