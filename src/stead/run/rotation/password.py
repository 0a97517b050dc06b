"""The passwords of databases."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from stead.model import Dev, Resource
from stead.model.resource_form import form_of
from stead.run.rotation.value import NOTICED, Run, put, users
from stead.run.secrets import made


@dataclass(frozen=True)
class Password:
    """The password of a database's role: one at a time, which only a new connection shows."""

    run: Run
    resource: Resource
    noticed = NOTICED
    done = "open connections remain, and new ones use the new password"

    @property
    def name(self) -> str:
        return f"{users(self.run.plans, self.resource)[0].name}.{self.resource.setting}"

    @property
    def _key(self) -> str:
        return f"{self.resource.kind}:{self.run.plans.resources.resource_name(self.resource)}"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(self._key)

    def check(self) -> None:
        """Nothing: it can be rotated at any time."""

    async def add(self) -> None:
        self.run.plans.secrets.add(self._key, made(Dev.RANDOM)())

    async def move(self) -> None:
        """Update the processes before the server: one that connects meanwhile retries until both agree."""
        plans = self.run.plans
        plans.secrets.move(self._key)
        part = plans.resources.resource_name(self.resource)
        url = _with_password(plans.resources.url(self.resource), plans.secrets.password(self.resource.kind, part))
        for process in users(plans, self.resource):
            for setting, form in self.resource.forms:
                put(self.run, process.name, setting, form_of(self.resource.kind, url, form))
        await plans.resources.renew(self.resource)

    async def end(self) -> None:
        self.run.plans.secrets.end(self._key)


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
