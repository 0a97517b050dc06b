"""What YAML says, by what it is: Compose, Kubernetes, a workflow of GitHub's or GitLab's, hooks, or just values.

What it is shows in its own keys, and for a few in where it lies. A template (Helm's, Jinja's) is not YAML yet: it is
read where it happens to parse, and left alone where it does not.
"""

import re
from collections.abc import Callable
from pathlib import Path

from stead.check.facts import (
    At,
    Facts,
    compose,
    config_values,
    github_workflow,
    gitlab,
    gitlab_job,
    kubernetes,
    other_yaml,
    prometheus,
    workflow,
)
from stead.check.facts.node import Node, UnreadableError, documents

Reader = Callable[[Node, Facts], None]

# Keys of a Compose service, one of which a base that others extend has as well.
OF_A_SERVICE = frozenset({"image", "build", "extends", "env_file", "environment", "depends_on", "healthcheck"})
# A generator fills it in: Helm, Jinja, Terraform's templatefile. GitHub's expression ${{ … }} is YAML.
TEMPLATE = re.compile(r"(?<!\$)\{\{|\{%|%\{~?\s*(?:if|for|else|end)")


def read(path: Path, text: str, facts: Facts) -> None:
    """Add what a YAML file says."""
    try:
        for root in documents(text):
            _doubled(root, facts)
            add = _kind(path, root)
            if add:
                add(root, facts)
            if add is compose.add_facts or (
                root.pairs and not config_values.TOLD_BY.isdisjoint(key.text for key, _ in root.pairs)
            ):
                config_values.add_facts(root, facts)
            prometheus.add_facts(root, facts)
    except UnreadableError as error:
        if not TEMPLATE.search(text):
            message = "a tab indents it, where YAML has spaces" if _tabbed(text, error.line) else str(error)
            facts.faults.append(At(message, error.line, error.column, error.kind))


def _tabbed(text: str, line: int) -> bool:
    lines = text.splitlines()
    return 0 < line <= len(lines) and "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]


def _doubled(root: Node, facts: Facts) -> None:
    """Add keys that a mapping has twice; each node is looked at once, however many aliases name it."""
    waiting, context = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        below = list(node.items or ())
        if node.pairs:
            first: dict[str, Node] = {}
            for key, value in node.pairs:
                if key.text is not None and first.setdefault(key.text, key) is not key and key.text != "<<":
                    facts.faults.append(At(key.text, key.line, key.column, f"duplicate {first[key.text].line}"))
                below.append(value)
        for each in below:
            if (each.pairs or each.items) and id(each) not in context:
                context.add(id(each))
                waiting.append(each)


def _kind(path: Path, root: Node) -> Reader | None:
    """Return what reads a document of this kind."""
    keys = {key.text for key, _ in root.pairs or ()}
    if path.name.startswith(".gitlab-ci") or ".gitlab" in path.parts[:-1]:
        return _both(gitlab.add_facts, gitlab_job.add_facts)
    if path.name == ".pre-commit-config.yaml":
        return other_yaml.hooks
    if path.name in ("dependabot.yml", "dependabot.yaml"):
        return other_yaml.dependabot
    if {"apiVersion", "kind"} <= keys:
        return kubernetes.add_facts
    if "jobs" in keys and ("on" in keys or "true" in keys or "workflows" in path.parts[-2:]):
        return _both(workflow.add_facts, github_workflow.add_facts)
    if "runs" in keys and path.name in ("action.yml", "action.yaml"):
        return _both(workflow.action, github_workflow.action)
    if {"services", "include"} & keys and _is_compose(path, root):
        return compose.add_facts
    return other_yaml.values


def _both(one: Reader, other: Reader) -> Reader:
    """Return what lets two readers read a document."""

    def add_facts(root: Node, facts: Facts) -> None:
        one(root, facts)
        other(root, facts)

    return add_facts


def _is_compose(path: Path, root: Node) -> bool:
    services = root.get("services")
    every = services.entries() if services is not None else ()
    return "compose" in path.name or any(
        not OF_A_SERVICE.isdisjoint(key.text for key, _ in each.pairs or ()) for _, each in every
    )
