"""What is added to a description: one service, and all that has to be written for it.

Errors:
    SteadError
    └── ManualEditError    a description that is not changed by a program; the text says what to write in it
"""

import keyword
from collections.abc import Collection
from dataclasses import dataclass

from stead.model import SteadError
from stead.scaffold.naming import OwnService

Import = tuple[str, str]  # (module, name): `from module import name`, or `import name` where the module is ""


class ManualEditError(SteadError):
    """A description that is not changed by a program; the text says what to write in it."""

    def __init__(self, why: str, addition: "Addition", written: Collection[str] = ()) -> None:
        self.why = why
        files = f"\n  written: {', '.join(sorted(written))}" if written else ""
        super().__init__(f"backend.py was not changed: {why}\n  write this into it:\n{addition.by_hand()}{files}")


@dataclass(frozen=True, slots=True)
class Addition:
    """A service to add.

    expression  what makes it, e.g. `points.service("points-service")`
    front       whether the gateway is to front it
    users       the function that makes an identity provider of it; empty: none
    """

    name: str
    imports: tuple[Import, ...]
    expression: str
    front: bool
    users: str = ""

    def variable(self, taken: Collection[str] = ()) -> str:
        """Return a name for it that is not taken."""
        taken = {*taken, *(name for _, name in self.imports)}
        plain = self.name.replace("-", "_")
        usual = plain if plain.endswith("_service") else f"{plain}_service"
        candidates = (
            usual,
            plain.removesuffix("_service"),
            *(f"{usual}_{number}" for number in range(2, len(taken) + 4)),
        )
        return next(name for name in candidates if name not in taken and not keyword.iskeyword(name))

    def by_hand(self) -> str:
        """Return what a person would write, indented."""
        name = self.variable()
        lines = [imported(*each) for each in self.imports]
        lines += ["", f"{name} = {self.expression}", "", f"Backend(…, services=[…, {name}])"]
        lines += [f"Gateway(…, fronts=[…, {name}])"] if self.front else []
        lines += [f"Gateway(…, users=[…, {self.users}({name})])"] if self.users else []
        return "\n".join(f"    {line}".rstrip() for line in lines)


def of_own(own: OwnService) -> Addition:
    """Return what a description needs for a service of your own."""
    return Addition(own.name, (("", own.package),), f'{own.package}.service("{own.name}")', front=True)


def imported(module: str, name: str) -> str:
    return f"from {module} import {name}" if module else f"import {name}"
