"""What readers of pipelines found, by forge and kind, as problems of a rule."""

from collections.abc import Iterator
from dataclasses import replace

from stead.check.context import Context, place
from stead.check.one_cause import groups
from stead.model import Problem


def policies(context: Context, forge: str, kind: str, code: str, mend: str) -> Iterator[Problem]:
    """Yield the problems of one kind, in the tree and at the repository's top."""
    for path in context.tree.forge_files:
        for at in context.facts(path).policies:
            if at.more == f"{forge} {kind}":
                yield Problem(code, at.text, place(path, at), mend)


def policies_by_file(context: Context, forge: str, kind: str, code: str, mend: str) -> Iterator[Problem]:
    """Yield one problem a pipeline's file, for what all jobs of it lack alike."""
    by_file: dict[str, list[Problem]] = {}
    for problem in policies(context, forge, kind, code, mend):
        by_file.setdefault(problem.place.file, []).append(problem)
    for problems in by_file.values():
        for first, *others in groups(context, code, problems, lambda problem: problem.place):
            message = f"{first.message}; {len(others)} more like it in this file" if others else first.message
            yield replace(first, message=message, also=others[0].place if others else None)
