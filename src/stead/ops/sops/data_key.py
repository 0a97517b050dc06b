"""The data key of a file, encrypted with age to each recipient separately."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stead.ops.sops.cipher import KEY
from stead.ops.sops.error import KeyMissingError, SopsError, TamperedError

SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how every identity begins


def checked(recipients: Iterable[str]) -> tuple[str, ...]:
    """Return recipients, sorted and without duplicates; SopsError for a malformed one."""
    from pyrage import RecipientError, x25519

    found = tuple(sorted(set(recipients)))
    for each in found:
        try:
            x25519.Recipient.from_str(each)
        except RecipientError:
            if each.startswith("ssh-"):
                raise SopsError("a key of SSH is not supported: age-keygen makes a key, and prints age1…") from None
            shown = "a private key" if each.upper().startswith(SECRET) else repr(each)
            raise SopsError(f"{shown} is not an age recipient: it begins with age1 (age-keygen prints it)") from None
    return found


def wrap(key: bytes, recipients: Sequence[str]) -> list[dict[str, str]]:
    """Return the key, encrypted to each recipient."""
    from pyrage import encrypt, x25519

    return [
        {"recipient": each, "enc": encrypt(key, [x25519.Recipient.from_str(each)], armored=True).decode()}
        for each in recipients
    ]


def unwrap(entries: Sequence[Mapping[str, Any]], identities: str) -> bytes:
    """Decrypt the key; KeyMissingError when no identity is a recipient."""
    from pyrage import DecryptError, decrypt, x25519

    keys = [x25519.Identity.from_str(line) for line in lines_of(identities)]
    own = {str(key.to_public()): key for key in keys}
    for entry in entries:
        key = own.get(str(entry.get("recipient")))
        if key:
            try:
                found = bytes(decrypt(str(entry.get("enc")).encode(), [key]))
            except DecryptError:
                raise TamperedError(f"the data key for {entry['recipient']} was changed") from None
            if len(found) == KEY:
                return found
            raise TamperedError(f"the data key for {entry['recipient']} is not a key of {KEY} bytes")
    recipients = ", ".join(str(entry.get("recipient")) for entry in entries)
    raise KeyMissingError(f"none of the given identities opens it; it is sealed to {recipients}")


def lines_of(identities: str) -> list[str]:
    """Return the identities of a file in the format of age-keygen; SopsError without one."""
    from pyrage import IdentityError, x25519

    found = [line.strip() for line in identities.splitlines() if line.strip().startswith(SECRET)]
    try:
        for each in found:
            x25519.Identity.from_str(each)
    except IdentityError:
        found = []
    if not found:
        raise SopsError(f"not an age identity: expected a line that begins with {SECRET} (age-keygen writes it)")
    return found
