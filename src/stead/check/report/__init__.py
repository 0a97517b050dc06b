"""Reports: what a check found, for a person, for a program, for a code host, for a run of GitHub Actions."""

from collections.abc import Callable
from importlib import import_module
from typing import Literal, get_args

from stead.check.engine import Result

Form = Literal["text", "json", "sarif", "github"]
FORMS: tuple[Form, ...] = get_args(Form)


def report(result: Result, form: Form) -> str:
    """Return a report for programs, or the plain text of the one for a person."""
    write: Callable[[Result], str] = import_module(f"stead.check.report.{form}").report
    return write(result)
