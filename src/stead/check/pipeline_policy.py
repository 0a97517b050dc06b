"""What readers of pipelines found, by forge and kind, as problems of a rule."""

from collections.abc import Iterator

from stead.check.context import Context, place
from stead.model import Problem


def policies(context: Context, forge: str, kind: str, code: str, mend: str) -> Iterator[Problem]:
    """Yield the problems of one kind, in the tree and at the repository's top."""
    for path in context.tree.forge_files:
        for at in context.facts(path).policies:
            if at.more == f"{forge} {kind}":
                yield Problem(code, at.text, place(path, at), mend)
