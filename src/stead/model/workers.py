"""Workers: the settings of an environment on Cloudflare Workers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stead.model.service import AnyService
from stead.model.source_location import SourceLocation, here

COMPATIBILITY_DATE = "2026-11-01"  # a fixed day: with another one the runtime behaves in another way
COMPATIBILITY_FLAGS = ("nodejs_compat",)  # `node:` modules: what drivers of databases are written for


@dataclass(frozen=True, eq=False)
class Workers:
    """Cloudflare Workers, as the place where an environment runs.

    account             the account's id, 32 hexadecimal digits; empty: `CLOUDFLARE_ACCOUNT_ID` at the deploy
    sources             per service that is not a Worker by itself, the Worker that is deployed in its place: a folder,
    or
                        an entry, relative to the backend.py. Without one, an app or a command is deployed as a
                        container behind a small Worker
    compatibility_date  the day of the runtime's behaviour
    """

    account: str = ""
    sources: Mapping[AnyService, str | Path] = field(default_factory=dict)
    compatibility_date: str = COMPATIBILITY_DATE
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def source_of(self, service: AnyService) -> str | Path:
        """Return the Worker that is deployed for a service; empty where it is deployed as a container."""
        return service.worker or self.sources.get(service, "")
