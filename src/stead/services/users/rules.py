"""Pure decisions: passwords, codes, links, and how an address is compared."""

import hashlib
import secrets

COMMON = ("password", "qwerty", "123456", "letmein", "welcome", "admin", "пароль", "йцукен")
DIFFERENT = 5  # characters at least


def normalized(email: str) -> str:
    """Return an address as it is kept: its letters small. `Ann@` and `ann@` are one mailbox everywhere that matters."""
    return email.strip().lower()


def weak(password: str, email: str) -> str:
    """Return why a password will not do; nothing when it will."""
    if len(set(password)) < DIFFERENT:
        return "it repeats too few characters"
    plain = password.lower()
    if plain.strip("0123456789!@#$ ") in COMMON or plain == email:
        return "it is a common password"
    return ""


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def code_digest(user: str, code: str) -> bytes:
    """Return the digest of a short code; with the user in it, so that one table of a million helps nobody."""
    return hashlib.sha256(f"{user}\n{code}".encode()).digest()


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_id() -> str:
    return f"usr_{secrets.token_hex(12)}"
