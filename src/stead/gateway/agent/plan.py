"""The files that an agent refreshes: derived from the description, as JSON beside Envoy's configuration, without
secrets.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Algorithm = Literal["RS256", "ES256", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token for one service. `issuer` is the plan's own, unless it is said; `key` names the setting with its key."""

    audience: str
    operations: tuple[str, ...]
    issuer: str = ""
    key: str = "SERVICE_JWT_SECRET"

    @property
    def file(self) -> str:
        """Return the path of the token, below the folder of tokens."""
        return f"{self.issuer}/{self.audience}.json" if self.issuer else f"{self.audience}.json"


@dataclass(frozen=True, slots=True)
class KeySet:
    """A provider's keys. `url` and `secret` name the settings that hold them; a secret that is set comes first.

    Where a service of the backend publishes them, `url` is where that service is reached, `path` is where it does, and
    `audience` and `operation` are what the gateway's service token has to say. With `discovery` the URL may lead to an
    OpenID Connect discovery document instead, which says where the keys are.
    """

    provider: str
    url: str
    secret: str = ""
    algorithm: Algorithm = "RS256"
    path: str = ""
    audience: str = ""
    operation: str = ""
    discovery: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The tokens and key sets, and two configurations of Envoy.

    verification  how signed tokens are verified, still without the keys
    meanwhile     what is in its place while keys are not available
    """

    issuer: str
    tokens: tuple[Token, ...] = ()
    key_sets: tuple[KeySet, ...] = ()
    verification: Mapping[str, Any] | None = None
    meanwhile: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Read what `to_json` wrote."""
        data = json.loads(text)
        return cls(
            data["issuer"],
            tuple(Token(**one | {"operations": tuple(one["operations"])}) for one in data["tokens"]),
            tuple(KeySet(**one) for one in data["key_sets"]),
            data["verification"],
            data["meanwhile"],
        )
