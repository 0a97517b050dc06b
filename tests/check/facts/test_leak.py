"""What is a secret and what is none. Secrets are put together here, so that no scanner takes this file for a leak."""

import subprocess
import sys
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stead.check.facts.leak import leaks, looks_random
from stead.check.facts.value import is_secret_name, literal_of

WORD = "R7kq2mXv9Lw4Tz8Yb3Nc6Hd1Jf5Gs0PaQeUxWi"
UPPER = "R7KQ2MXV9LW4TZ8YB3NC"
HEX = "3f9a1c7e5b2d8064"


def _part(text):
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


JWT = ".".join((_part('{"alg":"HS256"}'), _part('{"sub":"ann"}'), WORD))
TOKENS = {
    "AWS key": "AKIA" + UPPER[:16],
    "AWS secret": f'aws_secret_key = "{WORD}/+"',
    "GitHub token": "gh" + "p_" + WORD[:36],
    "GitLab token": "glp" + "at-" + WORD[:20],
    "Slack token": "xox" + "b-123456789012-123456789012-" + WORD[:24].lower(),
    "Slack app token": "xapp" + "-1-A012345BCDE-4821507396012-" + HEX * 4,
    "Stripe key": "sk_" + "live_" + WORD[:24],
    "Telegram bot token": "1234509876" + ":" + WORD[:35],
    "JSON web token": JWT,
    "SendGrid key": "SG" + "." + WORD[:22] + "." + (WORD + WORD)[:43],
    "npm token": "//registry.npmjs.org/:_auth" + "Token=npm_" + WORD[:36],
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + (WORD * 3)[:80],
    "OpenAI key": "sk-" + WORD[:20] + "T3Blbk" + "FJ" + WORD[:20],
    "Azure storage key": "Account" + "Key=" + (WORD * 3)[:86] + "==",
    "Discord bot token": "M" + WORD[:23] + "." + WORD[:6] + "." + WORD[:27],
    "Mailchimp key": HEX * 2 + "-us" + "12",
    "Square secret": "sq0" + "csp-" + (WORD + WORD)[:43],
    "Google API key": "AI" + "za" + WORD[:35],
    "Anthropic key": "sk-" + "ant-api03-" + WORD + WORD,
    "Vault token": "hv" + "s." + WORD,
    "webhook secret": "whs" + "ec_" + WORD[:32],
    "age key": "AGE-SECRET-" + "KEY-1" + UPPER * 2 + UPPER[:18],
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}


SECRET_NAMES = """
    PASSWORD JWT_SECRET clientSecret api-key apiKey db.password SECRET_KEY_BASE AWS_SECRET_ACCESS_KEY DB_PASS
"""
OTHER_NAMES = """
    PASSWORD_FILE TOKEN_TTL SECRET_NAME KEYCLOAK_URL PWD COMPASS BYPASS monkey NEXT_PUBLIC_API_KEY tokens PATH
    PULL_SECRET imagePullSecret
"""
AROUND = ("{}", 'TOKEN = "{}"', "curl -H 'Authorization: Bearer {}' x", "a: {} # b", "\t{}\r")


def kinds(line):
    return [leak.kind for leak in leaks(line)]


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize(
    "around", ["{}", 'TOKEN = "{}"', "curl -H 'Authorization: Bearer {}' x", "a: {} # b", "\t{}\r"]
)
def test_each_provider_is_told(kind, around):
    if kind == "Mailchimp key" and around == "{}":
        around = " {}"
    assert kind in kinds(around.format(TOKENS[kind]))


@pytest.mark.parametrize("kind", [kind for kind in TOKENS if kind not in ("private key", "AWS secret", "npm token")])
def test_what_is_part_of_a_longer_word_is_none(kind):
    assert kind not in kinds("x" + TOKENS[kind])


@pytest.mark.parametrize(
    "line",
    [
        "ghp_" + "x" * 36,
        "AKIAIOSFODNN7EXAMPLE",
        "sk_live_" + "0" * 24,
        "-----BEGIN PUBLIC KEY-----",
        _part('{"alg":"none"}') + "." + _part('{"sub":"ann"}') + ".",
        "12:30:45",
        "sha256:" + HEX * 4,
        "postgres://app:${PASSWORD}@db.shop.io",
        "postgres://app:app@db.shop.io",
        "postgres://user:password@db.shop.io",
        "https://ann:m4rble-7@example.com",
        "https://ann:m4rble-7@shop.example",
        "redis://:local1@localhost:6379",
        "http://db:5432/a@b",
        "https://shop.io/a:b@c",
        'token = "{{ token }}"',
        'password = "changeme1234567"',
        'secret_name = "' + WORD + '"',
        "password = get_password(user1234)",
        'key = "' + WORD + '"',
        "",
    ],
)
def test_this_is_no_secret(line):
    assert kinds(line) == []


@pytest.mark.parametrize(
    "line",
    [
        f'password = "{WORD[:20]}"',
        f"password: {WORD[:20]}",
        f"'client_secret' => '{WORD[:20]}'",
        f'"apiKey": "{WORD[:20]}",',
        f'config["signing_key"] = "{WORD[:20]}"',
        f"export SMTP_PASSWORD={WORD[:20]}",
    ],
)
def test_a_value_that_a_machine_made_up_is_told(line):
    assert [leak.rule for leak in leaks(line)] == ["assignment"]


def test_a_password_in_a_url_is_told_where_it_guards_something():
    assert [leak.rule for leak in leaks("postgres://app:m4rble-7@db.shop.io/x")] == ["url"]
    assert [leak.rule for leak in leaks(f"redis://:{WORD[:20]}@localhost")] == ["url"]


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_this_is_a_secrets_name(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_this_is_no_secrets_name(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value", ["$A", "${A}", "${A:?}", "${A:-}", "{{a}}", "<a>", "/run/secrets/a", "vault:a", "true"]
)
def test_this_gives_nothing_away(value):
    assert literal_of(value, placeholders=True) == ""


def test_a_default_gives_itself_away():
    assert literal_of("${A:-marble}") == "marble"
    assert literal_of("changeme") == ""
    assert literal_of("changeme", placeholders=True) == "changeme"


@given(st.text())
def test_no_line_makes_it_raise(line):
    for leak in leaks(line):
        assert 1 <= leak.column <= len(line) + 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz_-. ", max_size=60))
def test_words_are_not_random(value):
    assert not looks_random(value)


def test_a_clean_text_imports_no_scanner_and_no_yaml():
    code = (
        "import sys\nfrom pathlib import Path\nfrom stead.check.facts import facts_of\n"
        "facts_of(Path('a.py'), 'key = 1\\npassword = read()\\n')\nfacts_of(Path('a.md'), '# A\\n')\n"
        "facts_of(Path('a.sh'), '#!/bin/sh\\nls\\n')\n"
        "print([name for name in ('detect_secrets', 'requests', 'yaml', 'litestar') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
