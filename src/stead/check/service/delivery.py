"""Deliveries: CI files and scripts that deploy, by hand written, name every service and skip none silently."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.facts.position import Positions
from stead.check.rule import rule
from stead.model import AnyService, Problem, SourceLocation

CI = re.compile(
    r"(?:.*/)?(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml|[^/]*[Jj]enkinsfile)"
)
SCRIPT = re.compile(r"(?:.*/)?[^/]*deploy[^/]*\.(?:sh|bash|ps1|mk)|(?:.*/)?deploy/(?:.*/)?[^/]*\.(?:mk|sh|bash)")
DEPLOYS = re.compile(
    r"\b(?:wrangler[^\n#]{0,200}\s(?:deploy|publish)|kubectl[^\n#]{0,200}\s(?:apply|set image|rollout restart)"
    r"|helm[^\n#]{0,200}\s(?:upgrade|install)|docker[^\n#]{0,200}\spush"
    r"|docker[ -]compose[^\n#]{0,200}\sup|fly(?:ctl)? deploy|gcloud run deploy|argocd app sync|wrangler-action@\S+"
    r"|build-push-action@\S+|cloud-run@\S+|deploy[\w-]*\.(?:sh|bash|ps1|py)|make deploy\S*)"
)
BUILDS = re.compile(
    rf"{DEPLOYS.pattern}|\bdocker[^\n#]{{0,200}}\sbuild\b"
)  # an image that is left out is not part of the delivery
KEYS = "services?|apps?|names?|images?|projects?|components?|workers?|targets?|packages?|modules?|dirs?|folders?|paths?"
INLINE = re.compile(
    r"(?m)^[ \t-]*(?:" + KEYS + r"):[ \t]*\[([^\]]{0,2000})\]|\bfor[ \t]+\w+[ \t]+in[ \t]+([^;\n$]{1,2000})"
)
BLOCK = re.compile(r"(?m)^([ \t]*)(?:- )?(?:" + KEYS + r"):[ \t]*\n((?:[ \t]+-[ \t]+[^\n]{0,300}(?:\n|\Z)){1,500})")
COMMENT = re.compile(r"(?m)(?:^|\s)#(?!!)[^\n]*")
ITEM = re.compile(r"[\w./-]+")
SKIPS = {
    re.compile(
        r"\bif[ \t:]+[^\n]{0,300}(?:(?:\[\[?|\btest\b)[ \t]*(?:![ \t]*)?-[defs][ \t]|Test-Path)[^\n]{0,300}"
    ): "a test for its folder",
    re.compile(
        r"(?:\[\[?|\btest\b)[ \t]*(?:![ \t]*)?-[defs][ \t][^\n]{0,300}(?:&&|\|\|)[^\n]{0,300}"
    ): "a test for its folder",
    re.compile(r"\bif:[^\n]{0,300}hashFiles\([^\n]{0,300}"): "a condition on its files",
    re.compile(r"\bcontinue-on-error:[ \t]*true\b"): "continue-on-error",
    re.compile(
        r"(?:deploy|publish|apply|upgrade|push)\b[^\n#]{0,200}\|\|[ \t]*(?:true|:|echo|exit 0)[^\n]{0,300}"
    ): "a failure that is ignored",
    # Each line of a Makefile is a shell of its own, which goes on after what fails.
    re.compile(
        r"(?m)^\t[^\n]{0,500}\bfor[ \t]+\w+[ \t]+in[ \t](?![^\n]*\|\|[ \t]*exit)(?![^\n]*set -e)[^\n]{0,500}"
        r"\b(?:push|deploy|apply|upgrade|publish|scan|build)\b[^\n]{0,500}\bdone\b"
    ): "a loop that continues after a failure",
}
TESTED = re.compile(r"-[defs][ \t]+[\"']?([^\s\"'\];|&)]+)|Test-Path[ \t]+[\"']?([^\s\"')]+)")
JOB = re.compile(r"(?m)^ {2}[\w-]+:[ \t]*$")
FAILS = re.compile(r"\bexit [1-9]|\bfalse\b|::error|\bthrow\b|\breturn [1-9]")
TESTS = re.compile(
    r"\bcompose\b[^\n]*\bdown\b|\bpytest\b|\b(?:npm|pnpm|yarn|bun)(?: run)? test|\bgo test\b|\bplaywright\b"
)
ASKS = re.compile(r"/health\b|/version\b|/livez\b|\bsmoke\b|/actuator/health|rollout status|--wait\b")


def deliveries(context: Context) -> list[tuple[Path, str]]:
    """Return each file that deploys, with its text; comments blanked, so that places stay."""
    return context.once(_deliveries)


def _deliveries(context: Context) -> list[tuple[Path, str]]:
    return _files(context, DEPLOYS)


def _builds(context: Context) -> list[tuple[Path, str]]:
    return _files(context, BUILDS)


def _files(context: Context, pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    found = []
    for path in context.tree.files:
        name = path.relative_to(context.root).as_posix()
        if CI.fullmatch(name) or SCRIPT.fullmatch(name):
            text = context.tree.text(path) or ""
            bare = COMMENT.sub(lambda found: found[0][0] + " " * (len(found[0]) - 1), text)
            if pattern.search(bare):
                found.append((path, bare))
    return found


@rule("SERVICE024")
def deliveries_name_every_service(context: Context) -> Iterator[Problem]:
    """A delivery that lists services lists all of them.

    A service that is missing in the list keeps its old version in production, although the delivery succeeds. Lists are
    the `matrix` of a CI and a script's `for`; a service is recognised by its name or its folder's. Add it, or silence
    this with the reason why it is delivered elsewhere.
    """
    known = {service: {service.name, Path(service.folder).name} - {"", "."} for service in context.services}
    known = {service: names for service, names in known.items() if not service.image}
    for path, text in context.once(_builds) if known else ():
        listed = [
            (at, items)
            for at, items in _lists(text)
            if _is_of_services(items, known) and (".github" not in path.parts or BUILDS.search(_job(text, at)))
        ]
        mentioned = set().union(*(items for _, items in listed))
        words = {word.rpartition("/")[2] for word in ITEM.findall(text)} if listed else set()
        for service, names in known.items() if listed else ():
            if not names & (mentioned | words):
                message = f"this delivery leaves out {service.name} without a message"
                at = Positions(text).at(listed[0][0], "")
                yield Problem("SERVICE024", message, place(path, at), f"add {service.name} to the list", service.where)


def _lists(text: str) -> Iterator[tuple[int, set[str]]]:
    for pattern, groups in ((INLINE, (1, 2)), (BLOCK, (2,))):
        for found in pattern.finditer(text):
            first = next((found[group] for group in groups if found[group]), "")
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            yield start, {item.rstrip("/").rpartition("/")[2] for item in ITEM.findall(first)}


def _is_of_services(items: set[str], known: dict[AnyService, set[str]]) -> bool:
    """Recognise a list of services: it has two of them, and they are half of the list."""
    meant = sum(1 for names in known.values() if names & items)
    return meant >= 2 and 2 * meant >= len(items)


@rule("SERVICE025")
def deliveries_skip_nothing_in_silence(context: Context) -> Iterator[Problem]:
    """A delivery fails when a service cannot be delivered; it skips none silently.

    `if [ -d apps/orders ]`, `|| true`, `continue-on-error` and `hashFiles` all turn a missing service into a green run,
    and the old version stays deployed. Let the command fail, or test for it and `exit 1`.
    """
    names = {name for service in context.services for name in (service.name, Path(service.folder).name)} - {"", "."}
    for path, text in deliveries(context):
        positions, lines = Positions(text), set[int]()
        is_workflow = ".github" in path.parts
        for pattern, by in SKIPS.items():
            for found in pattern.finditer(text):
                at = positions.at(found.start(), by)
                near = text[found.start() :].split("\n", 4)[:4]
                if is_workflow and not DEPLOYS.search(_job(text, found.start())):
                    continue
                if by == "a test for its folder" and not _tests_a_service(found[0], names):
                    continue
                if at.line not in lines and not (by == "a test for its folder" and FAILS.search("\n".join(near))):
                    lines.add(at.line)
                    message = f"this delivery can skip a service silently, by {by}"
                    yield Problem("SERVICE025", message, place(path, at), "let it fail: exit 1")


def _job(text: str, at: int) -> str:
    """Return the job of a workflow in which a place is; what is before the first one belongs to all."""
    starts = [found.start() for found in JOB.finditer(text)]
    before = [start for start in starts if start <= at]
    after = [start for start in starts if start > at]
    return text[before[-1] if before else 0 : after[0] if after and before else len(text)]


def _tests_a_service(text: str, names: set[str]) -> bool:
    """Recognise a test for what a service needs: of its folder, or of one that a loop or an input names."""
    tested = [one or other for one, other in TESTED.findall(text)]
    return any("$" in word or names.intersection(re.split(r"[/\\]", word)) for word in tested)


SAID = {"VERSION": "$(git rev-parse HEAD)", "ENVIRONMENT": "staging"}


@rule("SERVICE026")
def deliveries_say_what_they_deliver(context: Context) -> Iterator[Problem]:
    """A deployment of a Worker sets VERSION and ENVIRONMENT.

    `/health` reports both, and a smoke test compares them with the deployment. VERSION changes each time, so the
    command sets it: `--var VERSION:<commit>`. ENVIRONMENT comes from there too, or from the environment's vars in
    `wrangler.toml`. If no deployment and no configuration of the repository sets them, its Workers may report them in
    another way, and this is reported with `--strict`.
    """
    configs = [
        context.tree.text(path) or "" for path in context.tree.named("wrangler.toml", "wrangler.json", "wrangler.jsonc")
    ]
    elsewhere = {"ENVIRONMENT"} if configs and all("ENVIRONMENT" in text for text in configs) else set()
    sure = any(name in text for name in SAID for text in (*configs, *(at.text for _, at in context.each("deploys"))))
    for path, at in context.each("deploys"):
        missing = [name for name in SAID if f"{name}:" not in at.text and name not in elsewhere]
        if missing and "--dry-run" not in at.text:
            message = f"this deployment does not set {' and '.join(missing)}"
            mend = f"add {' '.join(f'--var {name}:{SAID[name]}' for name in missing)}"
            yield Problem("SERVICE026", message, place(path, at), mend, sure=sure)


@rule("SERVICE027", severity="warning")
def deliveries_ask_afterwards(context: Context) -> Iterator[Problem]:
    """A CI that deploys checks the health afterwards.

    An accepted deployment is not yet a healthy service. Request `/health` of each and compare its `version` with the
    deployed one: `stead smoke` does so. A check anywhere in the same file counts. The rule skips a workflow that starts
    containers only for tests.
    """
    for path, text in deliveries(context):
        found = next((each for each in DEPLOYS.finditer(text) if not _is_for_tests(each[0], text)), None)
        only_images = found is not None and not any("push" not in each[0] for each in DEPLOYS.finditer(text))
        if (
            found
            and CI.fullmatch(path.relative_to(context.root).as_posix())
            and not only_images
            and not ASKS.search(text)
        ):
            at = Positions(text).at(found.start(), "")
            message = f"{path.name} deploys, but never checks the health of the deployed services"
            place_of = SourceLocation(str(path), at.line, at.column)
            yield Problem("SERVICE027", message, place_of, "request each service's /health after the deployment")


def _is_for_tests(command: str, text: str) -> bool:
    """Tell `docker compose up` in a file that tests, or that takes the same down again: nobody is served by it."""
    return re.match(r"docker[ -]compose", command) is not None and bool(TESTS.search(text))


RULES = (
    deliveries_name_every_service,
    deliveries_skip_nothing_in_silence,
    deliveries_say_what_they_deliver,
    deliveries_ask_afterwards,
)
