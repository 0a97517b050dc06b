"""Composition: the components of this process in opening order, as its providers need them."""

from typing import TypeVar

from stead.kit.caller import Credentials
from stead.kit.component import Component
from stead.kit.live_setting import LiveSetting
from stead.kit.service_client import ServiceClient
from stead.services.auth.providers.secret_source import EnvironmentSecret, FetchedSecret, SecretSource
from stead.services.auth.settings import AuthSettings

BUDGET_SECONDS = 1.5  # for one question to another service: less than the two seconds that a caller usually has

P = TypeVar("P", bound=Component)


class Composition:
    """The objects of a service's assembly."""

    def __init__(self, settings: AuthSettings) -> None:
        self.settings = settings
        self.parts: list[Component] = []
        self._peers: dict[str, ServiceClient] = {}

    def add_component(self, part: P) -> P:
        """Note something that has to be opened."""
        self.parts.append(part)
        return part

    def peer(self, name: str, url: str) -> ServiceClient:
        """Return the client of another service, shared by all users of it."""
        if url not in self._peers:
            credentials = Credentials.of(self.settings)
            self._peers[url] = self.add_component(ServiceClient(name, url, credentials, budget=BUDGET_SECONDS))
        return self._peers[url]

    def secret(self, key: str, given: str | None, *, shortest: int = 1) -> SecretSource:
        """Return a secret key: as it was given, or else as the secrets service has it."""
        if given is not None:
            return EnvironmentSecret(LiveSetting(key, given))
        assert self.settings.secrets_service_url is not None  # checked when the settings were read
        peer = self.peer(self.settings.secrets_service_name, self.settings.secrets_service_url)
        return self.add_component(FetchedSecret(key, peer, shortest=shortest))
