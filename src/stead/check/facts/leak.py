"""Leak: what in a line of text is a secret, by its shape or by the name that it is given.

Shapes are those of detect-secrets' plugins, called one line at a time; a few that they lack stand here. Importing the
plugins costs 0.2 s, since they bring an HTTP client to try a secret out, which a check must never do. So a plugin is
imported only for a line that has one of its beginnings and its outline: a clean repository imports none of them.

Rejected: `kingfisher-secret-scanner` (five hundred rules, kept well; 20 s to compile them, 43 MB), gitleaks (no package
on the index; a program that nobody has at hand is skipped silently), and the scanners' "high entropy" plugins (every
hash in a lock file is a finding). See docs/decisions/0012.

A value is in `Leak.value` only, which is for telling two leaks apart and is never shown.
"""

import json
import math
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import NamedTuple, Protocol

from stead.check.facts.value import is_placeholder, is_secret_name, literal_of

MOST = 5  # places in one line that are examined, for each pattern
DAY = 86_400  # seconds
LONGEST = 4_096  # characters of a line that are read: no person writes a longer line


class Leak(NamedTuple):
    """A secret in a line: what kind of rule finds it (`token`, `key`, `url`, `assignment`), what it is, and where."""

    rule: str
    kind: str
    column: int
    value: str


class Plugin(Protocol):
    """What is called of a plugin of detect-secrets."""

    def analyze_string(self, string: str) -> Iterator[str]: ...


class Shape(NamedTuple):
    """One plugin: the beginnings without which it finds nothing, and an outline that lets more through than it does."""

    kind: str
    beginnings: tuple[str, ...]
    outline: re.Pattern[str]
    plugin: str = ""  # module:class in detect_secrets.plugins; where it is empty, the pattern itself is the rule
    rule: str = "token"


# Letters and digits as a machine makes them; a password for a test usually contains the word.
MADE_UP = r"(?!(?i:\w*(?:test|password|secret|postgres)))(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])[\w.!@%+-]{12,128}"
SHAPES = (
    Shape("AWS key", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T"), re.compile(r"A[0-9A-Z]{19}"), "aws:AWSKeyDetector"),
    Shape("AWS secret", ("aws", "AWS"), re.compile(r"[0-9a-zA-Z/+]{40}['\"]"), "aws:AWSKeyDetector"),
    Shape("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), re.compile(r"gh[pousr]_\w{36}"),
          "github_token:GitHubTokenDetector"),
    Shape("GitLab token", ("gl", "GR1348941"), re.compile(r"(?:gl[a-z]{2,5}-|GR1348941)[\w-]{20}"),
          "gitlab_token:GitLabTokenDetector"),
    Shape("Slack token", ("xox", "hooks.slack.com"), re.compile(r"xox[a-z]-\d|hooks\.slack\.com/services/T"),
          "slack:SlackDetector"),
    Shape("Stripe key", ("k_live_",), re.compile(r"[rs]k_live_\w{24}"), "stripe:StripeDetector"),
    Shape("Telegram bot token", (":",), re.compile(r"\d{8,10}:[\w-]{35}"), "telegram_token:TelegramBotTokenDetector"),
    Shape("JSON web token", ("eyJ",),
          re.compile(r"(?<![\w-])eyJ[\w=-]{8,}\.[\w=-]{8,}\.[\w=-]{16,}"), "jwt:JwtTokenDetector"),
    Shape("SendGrid key", ("SG.",), re.compile(r"SG\.[\w-]{22}\.[\w-]{43}"), "sendgrid:SendGridDetector"),
    Shape("npm token", ("_authToken",), re.compile(r":_authToken=\s*(?:npm_\w{20}|[0-9a-fA-F-]{36})"),
          "npm:NpmDetector"),
    Shape("PyPI token", ("pypi-Ag",), re.compile(r"pypi-Ag[\w-]{70}"), "pypi_token:PypiTokenDetector"),
    Shape("OpenAI key", ("T3BlbkFJ",), re.compile(r"sk-[\w-]*T3BlbkFJ"), "openai:OpenAIDetector"),
    Shape("Azure storage key", ("AccountKey=",), re.compile(r"AccountKey=[\w+/=]{88}"),
          "azure_storage_key:AzureStorageKeyDetector"),
    Shape("Discord bot token", (".",), re.compile(r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}"),
          "discord:DiscordBotTokenDetector"),
    Shape("Mailchimp key", ("-us",), re.compile(r"[0-9a-z]{32}-us\d"), "mailchimp:MailchimpDetector"),
    Shape("Square secret", ("sq0csp-",), re.compile(r"sq0csp-[\w\\-]{43}"), "square_oauth:SquareOAuthDetector"),
    # keys that the plugins do not know, each from its vendor's page about the format
    Shape("GitHub token", ("github_pat_",), re.compile(r"\bgithub_pat_\w{82}\b")),
    Shape("Google API key", ("AIza",), re.compile(r"\bAIza[\w-]{35}\b")),
    Shape("Slack app token", ("xapp-",), re.compile(r"\bxapp-\d-[A-Z0-9]{8,}-\d{8,}-[0-9a-f]{32,}")),
    Shape("Anthropic key", ("sk-ant-",), re.compile(r"\bsk-ant-[\w-]{40,}")),
    Shape("Vault token", ("hvs.",), re.compile(r"\bhvs\.[\w-]{24,}")),
    Shape("webhook secret", ("whsec_",), re.compile(r"\bwhsec_[A-Za-z0-9+/]{24,}=*")),
    Shape("age key", ("AGE-SECRET-KEY-",), re.compile(r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}"), rule="key"),
    # secrets without a name and an equals sign: a program's own login file or variable, an SQL statement
    Shape("AWS secret", ("AWS_SECRET", "aws_secret"),
          re.compile(r"(?i:aws_secret_access_key)[\"']?\s{0,4}[=:]\s{0,4}[\"']?[0-9a-zA-Z/+]{40}(?![0-9a-zA-Z/+])")),
    Shape("login of a registry", ('"auth"',), re.compile(r'"auth"\s{0,4}:\s{0,4}"[A-Za-z0-9+/]{20,400}={0,2}"')),
    Shape("login of a .netrc", ("machine ",),
          re.compile(r"\bmachine\s+[\w.-]+\s+login\s+\S{1,100}\s+password\s+(?![$<{%])\S{8,}")),
    Shape("the password of a database", ("PGPASSWORD=", "MYSQL_PWD=", "REDISCLI_AUTH="),
          re.compile(rf"(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=[\"']?{MADE_UP}"), rule="assignment"),
    Shape("the password of a role", ("PASSWORD '", "password '"),
          re.compile(rf"(?i:\b(?:create|alter)\s+(?:role|user)\b[^;\n]{{0,120}}\bpassword\s+')"
                     rf"{MADE_UP}"), rule="assignment"),
)  # fmt: skip
PRIVATE = "private key"
KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://(?P<user>[^\s:/?#\[\]@'\"<>`]{0,64}):(?P<password>[^\s/?#@'\"<>`]{1,128})@(?P<host>[\w.\[-]+)"
)
ASSIGNMENT = re.compile(
    r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]{0,60}+)[\"']?\]?\s{0,4}+(?::=|=>|=|:)\s{0,4}+"
    r"(?:(?P<quote>[\"'])(?P<quoted>[^\"'\s]{12,200})(?P=quote)|(?P<bare>[\w+/=.~!@%^*-]{12,200}+)(?=[\s,;]|$))"
)
WORDS = ("password", "passwd", "passphrase", "secret", "token", "credential", "key", "_pass")
# What follows the first line of a key, in the same text or in its next line; a sample in a document has three dots.
BODY = re.compile(r"[A-Za-z0-9+/=]{24}|PuTTY")
KEYS = ("PRIVATE KEY", "Key-File")
BEGINNINGS = (*KEYS, *sorted({word for shape in SHAPES for word in shape.beginnings if len(word) > 2}))
# A path of names, or rules of a form: `required|string|max:255`.
ORDERED = re.compile(r"[a-z_]+(?:[./][a-z0-9_]+)+|[a-z_]+(?::[\w,]+)?(?:\|[a-z_]+(?::[\w,]+)?)+")
# Shapes without a beginning that is rare enough to be searched for: what is in the middle of them, each from a fixed
# character on, for which a text is searched ten times as fast as for a class. The shapes' outlines judge the line.
NUMBERED = (re.compile(r":[\w-]{35}"), re.compile(r"\.[\w-]{6}\.[\w-]{27}"), re.compile(r"gl[a-z]{2,5}-[\w-]{20}"))


def leaks(line: str) -> Iterator[Leak]:
    """Yield the secrets of one line: those that its shapes tell, or else those that their names tell."""
    line = line[:LONGEST]
    found = list(shaped(line))
    yield from found or addressed(line) or assigned(line)


def has_body(text: str) -> bool:
    """Return whether a key goes on behind its first line; `text` starts with that one."""
    return bool(BODY.search(KEY.sub(lambda found: found[0][:5], text[:LONGEST])))


def addressed(line: str) -> list[Leak]:
    """Return the password that a line's URL has."""
    for match in URL.finditer(line):
        if not _harmless(match["user"], match["password"], match["host"]):
            return [Leak("url", "password in a URL", match.start() + 1, match["password"])]
    return []


def laptop_password(value: str) -> str:
    """Return the password that a URL has for a host beside it, which `addressed` leaves alone; empty when none.

    One that repeats the user's name is no more than `guest`, and is told as that.
    """
    found = URL.search(value[:LONGEST]) if "@" in value else None
    if found is None or not literal_of(found["password"], placeholders=True) or addressed(value):
        return ""
    if "." in found["host"] and not found["host"].startswith("127."):
        return ""
    return "guest" if found["password"] == found["user"] else found["password"]


def shaped(line: str) -> Iterator[Leak]:
    """Yield what is a key or a token by its form."""
    key = KEY.search(line) if any(word in line for word in KEYS) else None
    if key:
        yield Leak("key", PRIVATE, key.start() + 1, line)
    for shape in SHAPES:
        if any(word in line for word in shape.beginnings):
            for match in islice(shape.outline.finditer(line), MOST):
                if _confirmed(shape, line, match):
                    yield Leak(shape.rule, shape.kind, match.start() + 1, match[0])
                    break


def _confirmed(shape: Shape, line: str, match: re.Match[str]) -> bool:
    """Ask the plugin about the outline and what is around it: its own rules may be slow on a long line."""
    inside_a_word = match.start() > 0 and line[match.start() - 1].isalnum()
    if inside_a_word or is_placeholder(match[0]) or (shape.kind == "JSON web token" and is_short_lived(match[0])):
        return False
    around = line[max(0, match.start() - 60) : match.end() + 120]
    return not shape.plugin or any(True for _ in _plugin(shape.plugin).analyze_string(around))


def is_short_lived(token: str) -> bool:
    """Recognise a JSON web token that was valid for a day at most: in a file it is an example, and long expired."""
    body = token.split(".")[1]
    try:
        claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return bool(0 < claims["exp"] - claims["iat"] <= DAY)
    except (ValueError, TypeError, KeyError):
        return False


def assigned(line: str, quoted_only: bool = False) -> list[Leak]:
    """Return the random value that a line gives to a secret's name; in code, only where it is quoted."""
    for match in ASSIGNMENT.finditer(line):
        value = match["quoted"] or ("" if quoted_only else match["bare"])
        if value and is_secret_name(match["name"]) and looks_random(value):
            return [Leak("assignment", match["name"], match.start() + 1, value)]
    return []


def _harmless(user: str, password: str, host: str) -> bool:
    """Return whether a URL's password guards nothing: a placeholder, the user's name again, or one for a laptop."""
    words = {"password", "pass", "passwd", "pwd", "secret", "user", "username", "postgres", "guest", "root", "test"}
    reserved = host.startswith("example.") or ".example" in host or host.endswith((".test", ".invalid"))
    if reserved or not literal_of(password) or password.lower() in words or password == user or "…" in password:
        return True
    near = "." not in host or host.startswith("127.")
    return near and not looks_random(password)


def looks_random(value: str) -> bool:
    """Return whether a value is one that a machine made up: letters and digits without any order."""
    if not literal_of(value) or len(value) < 12 or ORDERED.fullmatch(value):
        return False
    mixed = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
    named = re.search(r"password|secret|token|key|pass", value, re.IGNORECASE)
    return mixed and not named and entropy(value) >= 3.2


def entropy(value: str) -> float:
    """Return Shannon's entropy, in bits a character."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


@lru_cache(maxsize=64)
def _plugin(name: str) -> Plugin:
    module, _, kind = name.partition(":")
    plugin: Plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), kind)()
    return plugin
