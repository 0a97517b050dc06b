"""What a service of your own is called, in each of the places where its name is written.

Errors:
    SteadError
    └── NamingError    a name that cannot be used, why, and what to say instead
"""

import importlib.util
import keyword
import sys
from dataclasses import dataclass

from stead.model import SteadError
from stead.model.dns_label import is_label

# Words that PostgreSQL 18 reserves (its manual, appendix C) and that one might call a thing.
_WORDS = """
all analyse analyze any array as asc both case cast check collate column constraint create default desc distinct do else
end except false fetch for foreign from grant group having in initially into lateral leading limit not null offset on
only or order placing primary references returning select some symmetric table then to trailing true union unique user
using variadic when where window with
"""
RESERVED = frozenset(_WORDS.split())
RESERVED_NAMES = frozenset({"backend", "story", "tests", "deploy", "stead", "conftest"})


class NamingError(SteadError):
    """A name that cannot be used, why, and what to say instead."""


@dataclass(frozen=True, slots=True)
class OwnService:
    """A service of your own: its name in the description, and what it keeps, in the singular."""

    name: str
    item: str = "item"

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def plural(self) -> str:
        return self.name.removesuffix("-service")

    @property
    def words(self) -> dict[str, str]:
        """The words of the templates."""
        listed = self.plural.replace("-", "_")
        return {
            "service": self.name,
            "package": self.package,
            "Service": camel(self.package),
            "path": f"/v1/{self.plural}",
            "listed": listed,
            "Listed": camel(listed),
            "NAME": listed.upper(),
            "codes": listed,
            "words": listed.replace("_", " "),
            "Sentence": listed.replace("_", " ").capitalize(),
            "item": self.item,
            "Item": camel(self.item),
            "contract": ", ".join(sorted([camel(self.item), camel(listed), f"New{camel(self.item)}"])),
            "table": f'"{self.item}"' if self.item in RESERVED else self.item,
        }


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def label(name: str, what: str) -> str:
    """Return the name when it is a DNS label; an error that proposes one when it is not."""
    if is_label(name):
        return name
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower()).strip("-")
    proposed = plain.lstrip("0123456789-")[:63].strip("-")
    mend = f"; {proposed} would be one" if is_label(proposed) else ""
    raise NamingError(
        f"{name!r} is not a name for a {what}: use lower-case letters, digits and hyphens, a letter first{mend}"
    )


def own(name: str, item: str = "item") -> OwnService:
    """Return what a service is called; NamingError when its folder could not be imported, or hid something else."""
    made = OwnService(label(name, "service"), item)
    if not item.isidentifier() or item != item.lower() or not item.isascii() or keyword.iskeyword(item):
        raise NamingError(f"{item!r} is not the name of one object: write one word in the singular, as in --of order")
    if camel(item) == made.words["Listed"]:
        raise NamingError(f"{item!r} is the same in singular and plural; name one object: --of WORD")
    hidden = _shadowed_module(made.package)
    if hidden:
        instead = f"; {name}-service would not" if not _shadowed_module(f"{made.package}_service") else ""
        raise NamingError(f"a folder {made.package}/ would hide {hidden}{instead}")
    return made


def _shadowed_module(package: str) -> str:
    """Say what a folder of that name would hide from who imports it; nothing when it is free."""
    if keyword.iskeyword(package):
        return "a word of Python's"
    if package in RESERVED_NAMES:
        return "a name that Stead uses"
    if package in sys.stdlib_module_names:
        return f"Python's own module {package}"
    found = package in sys.modules or importlib.util.find_spec(package) is not None
    return f"the installed package {package}" if found else ""
