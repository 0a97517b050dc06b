"""Call: caller → callee, and for which operations. What is not declared is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from stead.model.source_location import SourceLocation, here

FRONT = "front"  # the one operation of a gateway: bring in public and user requests


class Callee(Protocol):
    """What a call can be made to: a service, seen without its own calls."""

    @property
    def name(self) -> str: ...
    @property
    def contract(self) -> str: ...
    @property
    def operations(self) -> frozenset[str]: ...
    @property
    def keys(self) -> frozenset[str]: ...
    @property
    def where(self) -> SourceLocation: ...


@dataclass(frozen=True, eq=False)
class Call:
    """One declared call, usually made by `service.may(...)`.

    Two services that call each other cannot both be made first: there the later one is named by a function,
    `Call(lambda: game, ("ensure",), because="…")`, and `because` says that the circle is meant.
    `keys` narrows an operation to named things, such as the secrets that a caller reads.
    """

    to: Callee | Callable[[], Callee]
    operations: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    because: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", tuple(self.operations))
        object.__setattr__(self, "keys", tuple(self.keys))

    @property
    def grants(self) -> tuple[str, ...]:
        """What the callee's keyring says of the caller: `read`, and with keys also `read:KEY` for each."""
        return (*self.operations, *(f"{operation}:{key}" for operation in self.operations for key in self.keys))

    @property
    def callee(self) -> Callee:
        return self.to() if callable(self.to) else self.to
