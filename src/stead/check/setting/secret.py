"""Secrets: none has a default, and none is declared as something that anyone may see."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.value import SWITCH
from stead.check.rule import rule
from stead.check.setting.declaration import declared_at, settings
from stead.model import Problem, Setting
from stead.model.setting import REQUIRED

ENDS = r"SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|TOKEN|KEY|CREDENTIALS?|DSN"
STORES = r"DATABASE|DB|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|BROKER|SMTP"
SECRET = re.compile(rf"(?:\w+_)?(?:{ENDS})|(?:\w+_)?(?:{STORES})_(?:URL|URI|DSN)|CONNECTION_STRING")
# Halves of key pairs that are public, and keys that open nothing.
OPEN = re.compile(
    r"(?:\w+_)?(?:PUBLIC|PUBLISHABLE|SITE|SENTRY|VAPID_PUBLIC|JWKS|SORT|PARTITION|PRIMARY|CACHE|ROUTING|OBJECT|IDEMPOTENCY"
    r"|LOOKUP|COOKIE|HEADER|QUERY|MAX|MIN)(?:_\w+)?"
)
WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@{$<]+@", re.IGNORECASE)


@rule("SETTING013", shown=False)
def secrets_have_no_default(context: Context) -> Iterator[Problem]:
    """A secret has no default.

    A default is in the repository, so it is not secret; without the real value the service starts with a public key.
    Remove the default: in development Stead generates a value. An optional secret has the default None.
    """
    for process, setting in settings(context):
        if setting.secret and setting.default is not REQUIRED and setting.default:
            message = f"{setting.name} of {process.name} is a secret, but has a default"
            mend = "remove the default, or use None if the secret is optional"
            yield Problem("SETTING013", message, declared_at(context, process, setting.name), mend)


@rule("SETTING014", shown=False)
def secrets_are_declared_as_secrets(context: Context) -> Iterator[Problem]:
    """A setting with a password, a token or a key is declared as a secret.

    A var is shown by `stead config`, is in rendered files and in the console. The rule recognises names (`…_SECRET`,
    `…_PASSWORD`, `…_TOKEN`, `…_KEY`, `…_DSN`, the URL of a database), and defaults with a password. Declare it
    with `secret(…)` or `Setting(…, secret=True)`; if the value may be public, silence this with the reason.
    """
    for process, setting in settings(context):
        if setting.type is str and not setting.secret and is_secret_setting(setting):
            message = f"{setting.name} of {process.name} looks like a secret, but is declared as a var"
            mend = f'declare it as a secret: Setting("{setting.name}", secret=True)'
            yield Problem("SETTING014", message, declared_at(context, process, setting.name), mend)


def is_secret_setting(setting: Setting) -> bool:
    """Return whether a setting holds a secret, by its name or by a default that has a password."""
    if isinstance(setting.default, str) and "://" in setting.default:
        if WITH_PASSWORD.match(setting.default):
            return True
        if setting.name.endswith(("_URL", "_URI")) and "@" not in setting.default:
            return False  # an address at which nobody signs in
    if SWITCH.search(setting.name.lower()):
        return False
    return SECRET.fullmatch(setting.name) is not None and OPEN.fullmatch(setting.name) is None


RULES = (secrets_have_no_default, secrets_are_declared_as_secrets)
