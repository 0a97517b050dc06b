"""`stead explain`: print the page of a rule of the check."""

import sys
from itertools import groupby

from stead.check.pages import EVERY, written
from stead.check.registry import UnknownCodeError, family_name, rule_of, rules
from stead.check.report.color import Colors, paint_for
from stead.check.rule import Rule
from stead.model.printable import printable

WIDEST = 100  # columns of a page on a terminal


def explain(code: str = "", /) -> int:
    """Print the page of a rule; for a family of rules, or without a code, the list of rules.

    Parameters
    ----------
    code
        A rule's code, such as SETTING010, or a prefix: SETTING.
    """
    word = code.strip().upper()
    try:
        found = rules([word] if word else (), costs=EVERY)
    except UnknownCodeError as error:
        sys.stderr.write(printable(f"{error}\n"))
        return 2
    if any(rule.code == word for rule in found):
        _print(written(rule_of(word)))
    else:
        sys.stdout.write(_list(found, paint_for(sys.stdout)))
    return 0


def _print(page: str) -> None:
    if not sys.stdout.isatty():
        sys.stdout.write(page)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    console.print(Markdown(page, code_theme="ansi_dark"), width=min(console.width, WIDEST))


def _list(found: list[Rule], paint: Colors) -> str:
    lines: list[str] = []
    for _, each in groupby(found, key=lambda rule: family_name(rule.code)):
        lines += [f"{paint.bold(f'{rule.code:<14}')} {rule.title}" for rule in each]
        lines.append("")
    return "\n".join([*lines, paint.dim("stead explain CODE prints the page of a rule.")]) + "\n"
