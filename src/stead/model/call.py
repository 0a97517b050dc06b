"""Call: caller → callee, with the permitted operations. Undeclared calls are refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from stead.model.sequences import as_tuple
from stead.model.source_location import SourceLocation, here

FRONT = "front"  # the one operation of a gateway: bring in public and user requests


class Callee(Protocol):
    """The callee of a call: a service, without its own calls."""

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

    Of two services that call each other, one is defined later in the file: name it by a function,
    `Call(lambda: game, ("ensure",), because="…")`.

    to          the callee, or a function that returns it
    operations  the operations of the callee's service routes that the caller may use
    keys        names that narrow an operation, such as the secrets that a caller reads
    because     the reason for a cycle of calls; without one the check reports the cycle
    """

    to: Callee | Callable[[], Callee]
    operations: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    because: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", as_tuple(self.operations))
        object.__setattr__(self, "keys", as_tuple(self.keys))

    @property
    def grants(self) -> tuple[str, ...]:
        """The caller's permissions in the callee's keyring: `read`, and with keys also `read:KEY` for each."""
        return (*self.operations, *(f"{operation}:{key}" for operation in self.operations for key in self.keys))

    @property
    def callee(self) -> Callee:
        return self.to() if callable(self.to) else self.to
