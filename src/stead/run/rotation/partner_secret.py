"""Secrets that someone outside the run holds as well."""

from dataclasses import dataclass

from stead.model import Dev, SourceLocation
from stead.run.error import RunError
from stead.run.rotation.value import Run, put_again
from stead.run.secrets import made


@dataclass(frozen=True)
class PartnerSecret:
    """A secret that a partner shows, such as that of a webhook: both values are taken until the earlier is ended."""

    run: Run
    name: str

    @property
    def done(self) -> str:
        return f"both values are accepted; when the partner has the new one: stead secret rotate {self.name} --end"

    @property
    def is_rotated(self) -> bool:
        return self.run.plans.secrets.is_rotated(f"setting:{self.name}")

    def check(self) -> None:
        if self.is_rotated:
            where = SourceLocation(str(self.run.plans.folder.description))
            raise RunError(f"{where}: {self.name} is being rotated: stead secret rotate {self.name} --end, then again")

    async def add(self) -> None:
        self.run.plans.secrets.add(f"setting:{self.name}", made(Dev.WEBHOOK_SECRET)())
        put_again(self.run, self.name)

    async def move(self) -> None:
        self.run.plans.secrets.move(f"setting:{self.name}")
        put_again(self.run, self.name)

    async def end(self) -> None:
        """Nothing: the partner moves in its own time."""

    def forget(self) -> None:
        self.run.plans.secrets.end(f"setting:{self.name}")
        put_again(self.run, self.name)
