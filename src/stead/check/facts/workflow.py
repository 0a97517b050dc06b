"""What a workflow or an action of GitHub's says: actions and images, paths, commands, and secrets exposed."""

import re
from collections.abc import Iterable, Iterator

from stead.check.facts import At, Facts
from stead.check.facts.command import Commands
from stead.check.facts.compose import variables
from stead.check.facts.node import Node
from stead.check.facts.shell import GLOBS, ROOT, UNKNOWN, logical, tidy
from stead.check.facts.value import is_secret_name, is_throwaway, literal_of

EXPRESSION = re.compile(r"\$\{\{.{0,500}?\}\}")
CHOSEN = re.compile(
    r"\$\{\{[^}]*?\b(github\.event\.[\w.-]+|github\.(?:head_ref|base_ref|ref_name|actor)|inputs\.[\w-]+)[^}]*\}\}"
)
PLAIN = re.compile(r"[._](?:number|id|sha|size|count|created_at|updated_at|draft|merged|default_branch|pull_requests)$")
HASHED = re.compile(r"hashFiles\(([^()]*)\)")
FILES = frozenset(
    {"cache-dependency-path", "node-version-file", "python-version-file", "go-version-file", "java-version-file"}
)
OWN = "${{ github.repository }}"
BUILDS = "docker/build-push-action"


def add_facts(root: Node, facts: Facts) -> None:
    """Add what a workflow says."""
    _filters(root.get("on") or root.get("true"), facts)
    leaked(root.get("env"), facts)
    where = _folder(root, facts)
    for _, job in jobs.entries() if (jobs := root.get("jobs")) else ():
        _job(job, where, facts)


def action(root: Node, facts: Facts) -> None:
    """Add what an action says, whose steps run at the top of the repository."""
    runs = root.get("runs")
    if runs is not None:
        _steps(runs, "", facts)


def _job(job: Node, where: str, facts: Facts) -> None:
    before = len(facts.paths)
    leaked(job.get("env"), facts)
    _uses(job.get("uses"), facts)
    container = job.get("container")
    if container is not None:
        _image(container if container.text else container.get("image"), facts)
        leaked(container.get("env"), facts)
    for _, service in services.entries() if (services := job.get("services")) else ():
        _image(service.get("image"), facts)
        leaked(service.get("env"), facts)
    made = (*_brought(job), *_steps(job, _folder(job, facts) or where, facts))
    facts.paths[before:] = [at for at in facts.paths[before:] if not is_below(at.text, made)]


def _brought(job: Node) -> Iterator[str]:
    """Yield the folders that a job's steps bring in: another repository's, or what another job made."""
    for step in steps.items or () if (steps := job.get("steps")) else ():
        given = step.get("with")
        action = step.text_at("uses").partition("@")[0]
        if given is None:
            continue
        elsewhere = action == "actions/checkout" and given.text_at("repository") not in ("", OWN)
        if elsewhere or action == "actions/download-artifact":
            path = tidy(given.text_at("path"))
            yield f"{ROOT}/{path}" if path not in ("", ".") else ROOT


def is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _steps(holder: Node, where: str, facts: Facts) -> set[str]:
    """Add what steps say; return what their scripts make, which is there for those after them."""
    made: set[str] = set()
    for step in steps.items or () if (steps := holder.get("steps")) else ():
        _uses(step.get("uses"), facts)
        leaked(step.get("env"), facts)
        given = step.get("with")
        if given is not None:
            leaked(given, facts)
            _inputs(step.text_at("uses"), given, facts)
        own = step.get("working-directory")
        place = _named(own, "cd", facts) if own is not None else where
        run = step.get("run")
        if run is not None and run.text and step.text_at("shell") in ("", "bash", "sh"):
            start = (f"{ROOT}/{place}" if place else ROOT) if own is None or place else UNKNOWN
            made |= script([run], facts, start, "ci")
    return made


def _inputs(action: str, given: Node, facts: Facts) -> None:
    for key, value in given.entries():
        hashed = HASHED.findall(value.text or "")
        if hashed:
            _hashed(hashed, value, facts)
        elif key.text in FILES:
            for line in (value.text or "").split():
                _add(line, value, "read", facts)
        elif action.startswith(BUILDS) and key.text in ("context", "file"):
            _named(value, "read", facts)


def _hashed(arguments: list[str], value: Node, facts: Facts) -> None:
    """Add the files that a cache is keyed by: one that is missing makes a key that never changes."""
    for path in re.findall(r"'([^']+)'", ",".join(arguments)):
        if not GLOBS.search(path):
            _add(path, value, "read", facts)


def _filters(events: Node | None, facts: Facts) -> None:
    """Add the folders that a workflow waits for changes in."""
    for _, event in events.entries() if events is not None else ():
        for name in ("paths", "paths-ignore"):
            for path in paths.items or () if (paths := event.get(name)) else ():
                fixed = GLOBS.split((path.text or "").lstrip("!"), maxsplit=1)
                _add(fixed[0] if len(fixed) == 1 else fixed[0].rpartition("/")[0], path, "read", facts)


def _folder(holder: Node, facts: Facts) -> str:
    defaults = holder.get("defaults")
    run = defaults.get("run") if defaults is not None else None
    return _named(run.get("working-directory"), "cd", facts) if run is not None else ""


def _uses(node: Node | None, facts: Facts) -> None:
    if node is None or not node.text:
        return
    if node.text.startswith("docker://"):
        facts.images.append(At(node.text.removeprefix("docker://"), node.line, node.column, "docker"))
    elif node.text.startswith("./"):
        _add(node.text, node, "uses", facts)
    else:
        facts.images.append(At(node.text, node.line, node.column, "uses"))


def _image(node: Node | None, facts: Facts) -> None:
    if node is not None and node.text:
        facts.images.append(At(node.text, node.line, node.column, "image"))


def _named(node: Node | None, how: str, facts: Facts) -> str:
    return _add(node.text, node, how, facts) if node is not None and node.text else ""


def _add(text: str, node: Node, how: str, facts: Facts) -> str:
    """Add a path from the top of the repository; return it, or nothing when an expression makes it."""
    if "$" in text or "://" in text:
        return ""
    path = tidy(text.removeprefix("./")) if text.startswith("./") else tidy(text.lstrip("/"))
    if path and path != ".":
        facts.paths.append(At(f"{ROOT}/{path}", node.line, node.column, f"ci {how}"))
    return path


def leaked(environment: Node | None, facts: Facts) -> None:
    """Add the secrets that an environment exposes. What a test's own database has is none."""
    for name, value, node in variables(environment):
        if value and literal_of(value) and not is_throwaway(value):
            at = At(name, node.line, node.column, "ci")
            facts.literals.append(at)
            facts.secrets += [at] if is_secret_name(name) else []


def _expressions(node: Node, facts: Facts) -> None:
    """Add the expressions of a script whose values someone else chooses."""
    for number, line in enumerate((node.text or "").splitlines(), start=1):
        for found in CHOSEN.findall(line) if "${{" in line else ():
            if PLAIN.search(found):
                continue
            facts.pipeline.append(At(found, node.line + number - (0 if node.block else 1), 1, "expression"))


def script(nodes: Iterable[Node], facts: Facts, where: str, who: str) -> frozenset[str]:
    """Add what the commands of one shell name, and return what they make.

    They run at the top of the repository, or in a folder below it.
    """
    commands = Commands(facts, who, where)
    for node in nodes:
        _expressions(node, facts)
        text = EXPRESSION.sub("$EXPRESSION", node.text or "")
        for number, line in logical(text):
            commands.take(node.line + number - (0 if node.block else 1), line)
    commands.done()
    return commands.made
