"""Values: which names are given to secrets, and which values are real ones.

A name is a secret's when it ends in such a word: `JWT_SECRET` and `clientSecret` are, `TOKEN_TTL`, `SECRET_NAME` and
`PASSWORD_FILE` are not, nor is `PULL_SECRET`, which names a Secret of Kubernetes. Rejected: the word anywhere in the
name, as most scanners have it; half of what they find is the length of a password.
"""

import re

SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|(?<!pull_)secret|token|credentials?|api_?key|secret_key_base|"
    r"(?:access|secret|private|signing|encryption|master|account)_key|(?:db|database|user|root|smtp|mail|admin)_pass)"
    r"(?:_?\d+)?$"
)
# A setting about secrets that holds none: `MYSQL_ALLOW_EMPTY_PASSWORD=yes` opens nothing by itself.
SWITCH = re.compile(r"(?:^|_)(?:allow|enable|disable|require|skip|random|generate|validate|rotate)_(?:\w+_)?[a-z]+$")
PUBLIC = ("public_", "next_public_", "vite_", "react_app_")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PLACEHOLDER = re.compile(
    r"change[-_ ]?(?:me|it|this)|example|placeholder|your[-_ ]|my[-_](?:secret|password|token|key)|"
    r"(?:set|fill)[-_ ]?(?:me|in)\b|dummy|redacted|replace[-_ ]|insert[-_ ]|<[^>]+>|"
    r"(?:x{4,}|\*{3,}|\.{3,}|0{8,}|1234567890|abcdefgh)|^(?:todo|none|null|nil|true|false|yes|no|on|off|undefined|tbd)$",
    re.IGNORECASE,
)
# A value that stands elsewhere: a variable, an expression, a path, a reference to a store of secrets.
REFERENCE = re.compile(
    r"^(?:[$%{<!@(]|[.~]{0,2}/|ENC\[|(?:vault|op|ref|arn|file|sm|ssm|secret|env|gs|https?|keyring):)|\$\{|\{\{|\(\)$"
)
DEFAULT = re.compile(r"^\$\{[A-Za-z_]\w*:?-(?P<default>[^{}]*)\}$")
THROWAWAY = re.compile(
    r"(?<![a-z])(?:postgres|postgresql|mysql|root|admin|password|pass|secret|tests?|testing|ci|dev|local|user|minio|"
    r"minioadmin|redis|rabbitmq|guest|dummy|fake|throwaway|ephemeral)(?![a-z])"
)


def is_secret_name(name: str) -> bool:
    """Return whether a variable of this name holds a secret."""
    plain = HUMP.sub("_", name).lower().replace("-", "_").replace(".", "_").strip("_")
    return bool(SECRET_NAME.search(plain)) and not plain.startswith(PUBLIC) and not SWITCH.search(plain)


def is_placeholder(value: str) -> bool:
    """Return whether a value says by itself that it is not the real one."""
    return bool(PLACEHOLDER.search(value)) or len(set(value)) < 4


def literal_of(value: str, *, placeholders: bool = False) -> str:
    """Return what a value exposes: itself, or the default in `${NAME:-default}`; empty when nothing.

    placeholders  count `changeme` too: where a value is used as it is, it is the real one
    """
    value = value.strip()
    default = DEFAULT.match(value)
    value = default["default"].strip() if default else value
    if not value or REFERENCE.search(value) or value.lower() in {"true", "false", "null", "none", "~"}:
        return ""
    return value if placeholders or not PLACEHOLDER.search(value) else ""


def is_throwaway(value: str) -> bool:
    """Return whether a value is one that a test's database has: it guards nothing, and says so."""
    return bool(THROWAWAY.search(value.lower()))


def guarded(where: str, value: str) -> str:
    """Return where a value stands, with the mark of one that guards nothing: a placeholder, or a laptop's own."""
    plain = literal_of(value, placeholders=True)
    return f"{where} throwaway" if is_throwaway(plain) or is_placeholder(plain) else where
