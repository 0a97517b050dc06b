"""What a service is told when it is made only to be asked for health: values of the right shape that open nothing."""

import base64

from stead.check.context import Context
from stead.check.probe import TRAP
from stead.model import AnyService, Bucket, Dev, Postgres, Redis, Setting
from stead.model.host_of import HostOf
from stead.model.resource_form import form_of
from stead.model.wiring import AddressOf, EnvironmentName, Keyring, PortOf, PrivateKeyOf, Text, UrlOf, Value, Version

ENVIRONMENT = "stead-check"
VERSION = "0.0.0-stead-check"
PASSWORD = "stead-check-password"  # noqa: S105 - it opens nothing; where it shows, something is leaked
KEY = "57ead0c4ec" * 6 + "57ea"
DEVS = {
    Dev.RANDOM: KEY,
    Dev.WEBHOOK_SECRET: "whsec_" + base64.b64encode(KEY.encode()).decode(),
    Dev.ISSUER: f"http://127.0.0.1:{TRAP}",
    Dev.KEY_SET: f"http://127.0.0.1:{TRAP}/keys.json",
    Dev.BOT_TOKEN: "1234567890:" + KEY[:35],
}
ADDRESSES = {
    Postgres: f"postgresql://stead:{PASSWORD}@127.0.0.1:{TRAP}/stead",
    Redis: f"redis://:{PASSWORD}@127.0.0.1:{TRAP}/0",
    Bucket: f"s3://stead:{PASSWORD}@127.0.0.1:{TRAP}/stead",
}
SAME: dict[type, str] = {
    EnvironmentName: ENVIRONMENT,
    Version: VERSION,
    PortOf: "8000",
    HostOf: "127.0.0.1",
    UrlOf: f"http://127.0.0.1:{TRAP}",
    PrivateKeyOf: KEY,
    Keyring: '{"keys": []}',
}
PLAIN = {str: "stead-check", float: "1.0", bool: "true", tuple: "stead-check"}
SECRETS = (PASSWORD, *(value for kind, value in DEVS.items() if kind not in (Dev.ISSUER, Dev.KEY_SET)))


def environ(context: Context, service: AnyService) -> dict[str, str]:
    """Return the environment in which a service is made. What has a default is left to it."""
    found = {}
    for name, wire in context.wired[service.name].items():
        value = _derived(wire.value) or _supplied(wire.setting)
        if value:
            found[name] = value
    return found


def _derived(value: Value) -> str:
    match value:
        case Text(text=bool(text)):
            return str(text).lower()
        case Text(text=text):
            return ",".join(map(str, text)) if isinstance(text, tuple | list) else str(text)
        case AddressOf(resource=resource, form=form) if type(resource) in ADDRESSES:
            return form_of(resource.kind, ADDRESSES[type(resource)], form)
    return SAME.get(type(value), "")


def _supplied(setting: Setting) -> str:
    if setting.dev:
        return DEVS[setting.dev]
    if not setting.required:
        return ""
    if setting.secret:
        return KEY
    if setting.type is int:
        return str(setting.minimum if setting.minimum is not None else 1)
    if setting.name.endswith(("_URL", "_URI")):
        return f"http://127.0.0.1:{TRAP}"
    return PLAIN.get(setting.type, "stead-check")
