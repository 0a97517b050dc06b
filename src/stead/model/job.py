"""Job: a process that ends."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from stead.model.build import Build, as_build
from stead.model.call import Call
from stead.model.external import External
from stead.model.limits import Limits
from stead.model.need import Needing
from stead.model.resource import Resource
from stead.model.schedule import Schedule, cron, interval
from stead.model.sequences import as_tuple
from stead.model.setting import Setting, Settings
from stead.model.source_location import SourceLocation, here

When = Literal["before", "after", "beside"]


@dataclass(frozen=True, eq=False)
class Job(Needing):
    """A process that ends; it failed when its exit status is not 0. With `every` or `cron` it runs again and again, and
    never twice at once.

    name       a DNS label
    entry      a Python function, `module:callable`, called without arguments
    command    a program in any language: one string, or the argument list
    image      a container image by digest; it runs only where there is a container engine
    build      a Dockerfile of your own: its folder, or a `Build`; the image is started as the Dockerfile says
    args       what the entrypoint of an image or of a build is given, in place of what the image says
    runs       before the services start, after all are healthy, or beside them
    every      runs it again and again: the time between the end of a run and the next, such as `30s`, `5m`, `2h`, `1d`
    cron       runs it at fixed times: minute, hour, day of the month, month, day of the week, such as `0 3 * * mon-fri`
    timezone   the time zone of `cron`, such as `Europe/Berlin`
    settings   a `Settings` class, or a list of `Setting`
    needs      resources that Stead makes, and what runs elsewhere (`External`); each is found in its setting
    calls      the calls that it may make to services
    addresses  by contract, the setting that holds the URL of a callee, where it is not derived from the callee's name
    folder     where a command runs; relative to the backend.py
    limits     the most CPU, memory and processes that it may use
    secret_files  whether a program reads each secret from the file that `<NAME>_FILE` names, where its target has one
    """

    name: str
    entry: str = ""
    command: str | Sequence[str] = ()
    image: str = ""
    build: str | Path | Build | None = None
    args: str | Sequence[str] = ()
    runs: When = "before"
    every: str = ""
    cron: str = ""
    timezone: str = "UTC"
    settings: type[Settings] | Sequence[Setting] = ()
    needs: Sequence[Resource | External] = ()
    calls: Sequence[Call] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    folder: str | Path = "."
    limits: Limits = field(default_factory=Limits)
    secret_files: bool = False
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("needs", "calls"):
            object.__setattr__(self, name, as_tuple(getattr(self, name)))
        for name in ("command", "args"):
            given = getattr(self, name)
            object.__setattr__(self, name, tuple(shlex.split(given) if isinstance(given, str) else given))
        object.__setattr__(self, "build", as_build(self.build))
        if not isinstance(self.settings, type):
            object.__setattr__(self, "settings", tuple(self.settings))

    @property
    def schedule(self) -> Schedule | None:
        """The schedule; None for a job that runs once. ScheduleError when it is malformed."""
        if self.every:
            return interval(self.every)
        return cron(self.cron, self.timezone) if self.cron else None

    @property
    def is_scheduled(self) -> bool:
        return bool(self.every or self.cron)

    @property
    def build_spec(self) -> Build | None:
        """The build from the project's Dockerfile, or None."""
        return as_build(self.build)

    @property
    def declared(self) -> tuple[Setting, ...]:
        if isinstance(self.settings, type):
            return self.settings.declared()
        return cast("tuple[Setting, ...]", self.settings)
