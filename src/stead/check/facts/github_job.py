"""What is wrong with a job of a workflow, and with its steps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stead.check.facts import At
from stead.check.facts import pipeline_script as scripts
from stead.check.facts.node import Node
from stead.check.facts.shell import ROOT, tidy

SHIPS = re.compile(
    r"\b(?:stead\s+(?:ship|ci\s+deploy)|kubectl\s+(?:apply|rollout|set)|helm\s+(?:upgrade|install)|wrangler\s+deploy|"
    r"terraform\s+apply|docker\s+compose\b[^\n|]{0,200}\sup|docker\s+stack\s+deploy|flyctl\s+deploy|\S*deploy\S*\.sh)\b"
)
SECRET = re.compile(r"\$\{\{\s*secrets\.(?!GITHUB_TOKEN\b)([\w-]+)\s*\}\}")
EXPRESSION = re.compile(r"\$\{\{(.{0,300}?)\}\}")
CHOSEN = re.compile(r"\bgithub\.(?:event\.[\w.-]+|head_ref|base_ref|ref_name|actor)\b|\binputs\.[\w-]+")  # FILE028's
OUTPUT = re.compile(r"\bsteps\.([\w-]+)\.(?:outputs|outcome|conclusion)\b")
NEED = re.compile(r"\bneeds\.([\w-]+)\.")
HEAD = re.compile(r"github\.event\.pull_request\.head\.|github\.head_ref|github\.event\.workflow_run\.head_")
RELEASE = re.compile(r"refs/tags/|github\.ref_type\s*==\s*'tag'|github\.event_name\s*==\s*'release'")
RUNNERS = re.compile(r"ubuntu-(?:16|18|20)\.04|macos-(?:10\.15|11|12|13)|windows-(?:2016|2019)")
OLD = re.compile(r"actions/(?:upload-artifact|download-artifact)@v[1-3](?:\.|$)|actions/cache@v[12](?:\.|$)")
REFERENCE = re.compile(r"\bgithub\.ref\s*[!=]=\s*'(?!refs/)([^']+)'")
TRUSTED = frozenset({"pull_request_target", "workflow_run"})


@dataclass(frozen=True)
class Workflow:
    """What a job is a part of."""

    root: Node
    events: dict[str, Node]
    jobs: dict[str, Node]

    @property
    def releases_only(self) -> bool:
        """Whether it starts for releases and tags alone."""
        push = self.events.get("push")
        tags = push is None or bool(push.get("tags") and not push.get("branches"))
        return bool(self.events.keys() & {"push", "release"}) and tags and not self.events.keys() & {"pull_request"}


def add_facts(name: str, place: Node, job: Node, workflow: Workflow) -> Iterator[At]:
    """Yield what is wrong with a job."""
    if job.get("uses") is not None:
        inherited = job.get("secrets")
        if inherited is not None and inherited.text == "inherit":
            yield At(f"{name} passes every secret on", inherited.line, inherited.column, "inherited")
        return
    if job.get("timeout-minutes") is None:
        yield At(f"{name} may run for six hours", place.line, place.column, "timeout")
    yield from _runner(name, job, workflow)
    yield from _needs(name, job, workflow)
    yield from _shipping(name, place, job, workflow)
    release = workflow.releases_only or bool(RELEASE.search(job.text_at("if")))
    yield from steps(job, _secrets(workflow.root) | _secrets(job), release=release)
    yield from _references(job)
    yield from _taken(job, workflow)
    yield from _caches(job)
    condition = job.get("if")
    yield from never(condition) if condition is not None else ()
    forgiven = job.get("continue-on-error")
    if forgiven is not None and forgiven.text == "true" and not _ships(job):
        yield At(f"the failure of {name} is ignored", forgiven.line, forgiven.column, "forgiven")


def _items(job: Node) -> list[Node]:
    found = job.get("steps")
    return found.items or [] if found is not None else []


def steps(job: Node, hidden: frozenset[str], *, release: bool) -> Iterator[At]:
    """Yield what is wrong with each step by itself."""
    strategy = job.get("strategy")
    fixed = not any("fromJSON" in (node.text or "") for node in _texts(strategy)) if strategy is not None else True
    for step in _items(job):
        only = release or bool(RELEASE.search(step.text_at("if")))
        run = step.get("run")
        if run is not None:
            yield from scripts.script(run, hidden | _secrets(step), release=only)
            yield from _expressions(run, fixed=fixed)
        yield from _action(step, release=only)
        forgiven = step.get("continue-on-error")
        if forgiven is not None and forgiven.text == "true":
            yield At("the failure of this step is ignored", forgiven.line, forgiven.column, "forgiven")
        yield from _condition(step)


def _action(step: Node, *, release: bool) -> Iterator[At]:
    uses, given = step.get("uses"), step.get("with")
    name = (uses.text or "") if uses is not None else ""
    if uses is None:
        return
    if name.startswith("actions/checkout@") and (given is None or given.text_at("persist-credentials") != "false"):
        yield At(
            "the job's token is left in .git/config, where each later step may read it", uses.line, uses.column, "token"
        )
    if OLD.match(name):
        yield At(f"{name} is switched off", uses.line, uses.column, "retired")
    if (
        name.startswith("docker/build-push-action@")
        and given is not None
        and given.text_at("push") not in ("", "false")
    ):
        tags = given.get("tags")
        if tags is not None and not release and re.search(r":latest\b", tags.text or ""):
            yield At(
                "this pushes :latest in each run, so the tag does not identify a commit",
                tags.line,
                tags.column,
                "latest",
            )


def _expressions(run: Node, *, fixed: bool) -> Iterator[At]:
    """Yield the expressions of a script that other rules leave alone: they are put in before a shell reads it, too.

    A value of a matrix that is in the same file is nobody else's; a secret on a command line is SECRET018's.
    """
    for number, line in enumerate((run.text or "").splitlines(), start=1):
        at = run.line + number - (0 if run.block else 1)
        for found in EXPRESSION.findall(line):
            secret = re.search(r"\bsecrets\.", found)
            if secret and re.search(r"\b(?:echo|printf)\b", line):
                yield At(f"this prints {found.strip()}", at, 1, "printed")
            elif not secret and not CHOSEN.search(found) and not (fixed and "matrix." in found):
                yield At(f"{found.strip()} becomes a part of this script", at, 1, "expression")


def _condition(step: Node) -> Iterator[At]:
    condition = step.get("if")
    text = (condition.text or "") if condition is not None else ""
    if condition is not None and "${{" in text and not re.fullmatch(r"\s*\$\{\{.*\}\}", text, re.DOTALL):
        yield At(
            "text around an expression makes this condition always true", condition.line, condition.column, "condition"
        )
    elif condition is not None and "${{" in text and text.endswith("\n"):
        yield At(
            "the line break behind the expression makes this condition always true",
            condition.line,
            condition.column,
            "condition",
        )
    if condition is not None:
        yield from never(condition)


def never(condition: Node) -> Iterator[At]:
    """Yield what a reference is compared with and never is: the name of a branch or a tag alone."""
    for name in REFERENCE.findall(condition.text or ""):
        message = f"github.ref is never {name}: it is refs/heads/{name}, or refs/tags/{name}"
        yield At(message, condition.line, condition.column, "never")


def _secrets(holder: Node) -> frozenset[str]:
    """Return the variables that hold secrets."""
    env = holder.get("env")
    return (
        frozenset(key.text or "" for key, value in env.entries() if SECRET.search(value.text or ""))
        if env
        else frozenset()
    )


def _runner(name: str, job: Node, workflow: Workflow) -> Iterator[At]:
    runs = job.get("runs-on")
    for node in runs.each() if runs is not None else ():
        if RUNNERS.fullmatch(node.text or ""):
            yield At(f"there is no runner {node.text} any more", node.line, node.column, "runner")
        if (node.text or "").endswith("-latest"):
            yield At(
                f"{name} runs on {node.text}, whose image changes without notice",
                node.line,
                node.column,
                "runner-latest",
            )
        if node.text == "self-hosted" and "pull_request" in workflow.events:
            yield At(f"{name} runs a pull request from outside on your own machine", node.line, node.column, "hosted")


def _needs(name: str, job: Node, workflow: Workflow) -> Iterator[At]:
    needs = job.get("needs")
    named = {node.text or "": node for node in needs.each()} if needs is not None else {}
    for other, node in named.items():
        if other not in workflow.jobs:
            yield At(f"{name} needs {other}, which is not a job here", node.line, node.column, "need")
    for node in _texts(job):
        for other in NEED.findall(" ".join(EXPRESSION.findall(node.text or "")) or (node.text or "")):
            if other not in named and "needs." in (node.text or ""):
                yield At(f"{name} reads results of {other}, which it does not need", node.line, node.column, "need")


def _texts(job: Node) -> Iterator[Node]:
    """Yield every text of a job in which an expression may stand."""
    waiting = [value for _, value in job.entries()]
    while waiting:
        node = waiting.pop()
        if node.text is not None and ("${{" in node.text or "needs." in node.text):
            yield node
        waiting += [*(node.items or ()), *(value for _, value in node.pairs or ())]


def _references(job: Node) -> Iterator[At]:
    """Yield the results of steps that a job reads and no step of it has; and an id that two steps have."""
    known: dict[str, Node] = {}
    for step in _items(job):
        identifier = step.get("id")
        if identifier is not None and known.setdefault(identifier.text or "", identifier) is not identifier:
            yield At(f"two steps have the id {identifier.text}", identifier.line, identifier.column, "id")
    for node in _texts(job):
        for name in OUTPUT.findall(node.text or ""):
            if name not in known:
                yield At(f"no step has the id {name}", node.line, node.column, "id")


def _ships(job: Node) -> bool:
    return any(SHIPS.search(step.text_at("run")) for step in _items(job))


def _shipping(name: str, place: Node, job: Node, workflow: Workflow) -> Iterator[At]:
    if not _ships(job):
        return
    if job.get("environment") is None:
        yield At(f"{name} ships, and no environment protects it", place.line, place.column, "environment")
    for holder in (job, workflow.root):
        concurrency = holder.get("concurrency")
        cancels = concurrency.get("cancel-in-progress") if concurrency is not None and concurrency.pairs else None
        if cancels is not None and cancels.text == "true":
            yield At(f"{name} may be cancelled in the middle of a ship", cancels.line, cancels.column, "cancelled")
            return


def _taken(job: Node, workflow: Workflow) -> Iterator[At]:
    """Yield where a stranger's code, or what it writes, meets the rights of the repository."""
    if not workflow.events.keys() & TRUSTED:
        return
    for step in _items(job):
        given, run = step.get("with"), step.get("run")
        ref = given.get("ref") if given is not None and step.text_at("uses").startswith("actions/checkout@") else None
        if ref is not None and HEAD.search(ref.text or ""):
            yield At(
                "this checks out code from outside in a job that has the repository's secrets",
                ref.line,
                ref.column,
                "taken",
            )
        for number, line in scripts.lines(run) if run is not None else ():
            if re.search(r">>\s*\"?\$\{?GITHUB_(?:ENV|PATH)\b", line):
                yield At("text from outside may become a variable of every later step", number, 1, "taken")


def _caches(job: Node) -> Iterator[At]:
    """Yield a cache that the jobs of a matrix overwrite."""
    strategy = job.get("strategy")
    if strategy is None or strategy.get("matrix") is None:
        return
    for step in _items(job):
        given = step.get("with")
        cache = given.get("cache-to") if given is not None else None
        if cache is not None and "type=gha" in (cache.text or "") and "scope=" not in (cache.text or ""):
            yield At("every job of the matrix overwrites this cache", cache.line, cache.column, "cache")


def loops(job: Node) -> Iterator[At]:
    """Yield the paths that loops go through, as files of the repository."""
    for step in _items(job):
        run = step.get("run")
        if run is None or step.get("working-directory") is not None or job.get("defaults") is not None:
            continue
        for at in scripts.loops(run):
            path = tidy(at.text.removeprefix("./"))
            if path and "cd " not in (run.text or "") and "mkdir" not in (run.text or ""):
                yield At(f"{ROOT}/{path}", at.line, at.column, "ci read")
