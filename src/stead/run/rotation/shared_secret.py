"""Secrets that are shown outside of the run as well: both values hold until a person ends the earlier one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from stead.model import Dev, Resource, Setting, SourceLocation
from stead.model.resource_form import form_of
from stead.run.error import RunError
from stead.run.rotation.value import Run, put, put_again, users
from stead.run.secrets import made, renewed


@dataclass(frozen=True)
class SharedSecret(ABC):
    """Such a secret: a partner, a mail that was sent, or a signed URL shows the earlier value for a while."""

    run: Run

    @property
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def key(self) -> str:
        """Its name in the run's secrets."""

    @property
    def done(self) -> str:
        return f"both values are accepted; when nothing uses the earlier one: stead secret rotate {self.name} --end"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(self.key)

    def check(self) -> None:
        if self.is_rotated:
            where = SourceLocation(str(self.run.plans.folder.description))
            raise RunError(f"{where}: {self.name} is being rotated: stead secret rotate {self.name} --end, then again")

    async def end(self) -> None:  # noqa: B027 - of none of them is there anything to end here
        """Do nothing: clients change to the new value later."""

    @abstractmethod
    async def add(self) -> None: ...

    @abstractmethod
    async def move(self) -> None: ...

    @abstractmethod
    async def forget(self) -> None:
        """Take the earlier value no more."""


@dataclass(frozen=True)
class SettingSecret(SharedSecret):
    """A setting whose processes take several values."""

    setting: Setting
    noticed: float

    @property
    def name(self) -> str:
        return self.setting.name

    @property
    def key(self) -> str:
        return f"setting:{self.name}"

    async def add(self) -> None:
        secrets, kind = self.run.plans.secrets, self.setting.dev or Dev.RANDOM
        secrets.add(self.key, renewed(kind, secrets.setting(self.name, kind)))
        put_again(self.run, self.name)

    async def move(self) -> None:
        self.run.plans.secrets.move(self.key)
        put_again(self.run, self.name)

    async def forget(self) -> None:
        self.run.plans.secrets.end(self.key)
        put_again(self.run, self.name)


@dataclass(frozen=True)
class BucketKey(SharedSecret):
    """The access key of a bucket: its server accepts two secrets, so URLs signed with the earlier one stay valid."""

    resource: Resource
    noticed: float

    @property
    def name(self) -> str:
        return f"{users(self.run.plans, self.resource)[0].name}.{self.resource.setting}"

    @property
    def key(self) -> str:
        return f"{self.resource.kind}:{self.run.plans.resources.resource_name(self.resource)}"

    async def add(self) -> None:
        self.run.plans.secrets.add(self.key, made(Dev.RANDOM)())
        await self.run.plans.resources.renew(self.resource)

    async def move(self) -> None:
        """Use the next secret, which the server accepts already."""
        resources, kind = self.run.plans.resources, self.resource.kind
        self.run.plans.secrets.move(self.key)
        await resources.renew(self.resource)
        for process in users(self.run.plans, self.resource):
            for setting, form in self.resource.forms:
                put(self.run, process.name, setting, form_of(kind, resources.url(self.resource), form))

    async def forget(self) -> None:
        self.run.plans.secrets.end(self.key)
        await self.run.plans.resources.renew(self.resource)
