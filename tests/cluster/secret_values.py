"""The Secrets of an environment, with values: what a person, or a secret store, puts into the namespace."""

import base64
import secrets

from stead.kit.key import jwk_set, new_private_key, public_jwk
from stead.model import Postgres, Redis
from stead.model import wiring as symbol
from stead.render.kubernetes.context import DATABASES
from stead.render.kubernetes.secret import ADMIN, every, secret_name

REDIS_SERVER = "redis.redis.svc:6379"
WEBHOOK = "whsec_" + base64.b64encode(b"of-a-test-and-long-enough").decode()


def supplied(setting):
    """Return a value of the form that the setting's owner would give."""
    if "WEBHOOK" in setting.name:
        return WEBHOOK
    if "BOT_TOKEN" in setting.name:
        return f"4242:{secrets.token_hex(16)}"
    return secrets.token_hex(32) if setting.required or "SIGNING_KEY" in setting.name else ""


class SecretValues:
    """Values for every secret of one environment.

    server  where PostgreSQL is reached: host and port
    """

    def __init__(self, context, server, password) -> None:
        self._context, self._server = context, server
        self._admin = f"postgresql://postgres:{password}@{server}/postgres"
        self._keys, self._urls = {}, {}
        self.values = self._values()

    def manifests(self):
        """Return the Secrets."""
        return [
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}
            for name, values in self.values.items()
        ]

    def _values(self):
        found = {}
        for process in self._context.described.processes:
            for wire in self._context.described.wires[process.name]:
                value = self._value(process, wire)
                if value is not None:
                    found.setdefault(secret_name(process.name), {})[wire.setting.name] = value
        parts = self._context.described.parts_in("postgres")
        found[secret_name(DATABASES)] = {ADMIN: self._admin} | {part.secret: self._url(part) for part in parts}
        wanted = {(secret_name(each.process), each.key) for each in every(self._context)}
        return {
            name: {key: text for key, text in values.items() if (name, key) in wanted} for name, values in found.items()
        }

    def _value(self, process, wire):
        match wire.value:
            case symbol.AddressOf(resource, _) if isinstance(resource, Postgres):
                return self._url(self._context.described.parts[resource])
            case symbol.PrivateKeyOf():
                return self._key(process.name)
            case symbol.Keyring(_, callers):
                return jwk_set({caller: public_jwk(self._key(caller), caller, may) for caller, may in callers})
            case symbol.Supplied() if wire.setting.secret:
                return supplied(wire.setting)
            case symbol.AddressOf(resource, _) if isinstance(resource, Redis):
                return f"redis://{REDIS_SERVER}/0"
        return None

    def _key(self, process):
        return self._keys.setdefault(process, new_private_key(process))

    def _url(self, part):
        password = self._urls.setdefault(part.name, secrets.token_urlsafe(16))
        return f"postgresql://{part.name}:{password}@{self._server}/{part.name}"
