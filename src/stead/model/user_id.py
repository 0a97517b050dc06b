"""User ids: the one format for the gateway's guard, each identity provider and each contract.

An id travels in a header. A header is trimmed on its way and cannot carry control characters, so an id with blanks at
an end would arrive as another id. The rule is written as ranges of characters, and not with the character properties of
one language, because Python, Envoy (RE2) and JSON Schema (ECMA 262) must agree on every id.
"""

import re
from typing import TypeGuard

LONGEST = 255  # characters
# What cannot be seen: control characters, blanks of all kinds, marks that change the direction of text.
INVISIBLE = (
    (0x00, 0x20),
    (0x7F, 0xA0),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x1680, 0x1680),
    (0x180E, 0x180E),
    (0x2000, 0x200F),
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)


def _class() -> str:
    return "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in INVISIBLE)


def _invisible_bytes() -> str:
    """Return the pattern of one invisible character in UTF-8, of those that are not ASCII."""
    ends: dict[bytes, list[int]] = {}
    for first, last in INVISIBLE:
        for code in range(max(first, 0x80), last + 1):
            encoded = chr(code).encode()
            ends.setdefault(encoded[:-1], []).append(encoded[-1])
    return "|".join(_bytes(start) + f"[{_bytes(bytes(last))}]" for start, last in sorted(ends.items()))


def _bytes(text: bytes) -> str:
    return "".join(rf"\x{byte:02x}" for byte in text)


# The look-ahead, rather than a closing `$`, because Python's `$` lets a last line feed pass.
PATTERN = rf"^[^{_class()}]+(?: +[^{_class()}]+)*(?![\s\S])"
# Envoy looks at bytes: an id is of the first form, and of none of the others. Each is compared with the whole text.
BYTES = r"[!-~\x80-\xff]+(?: +[!-~\x80-\xff]+)*"
NOT_BYTES = (
    rf"(?s:.*)(?:{_invisible_bytes()})(?s:.*)",
    rf"(?:[\x00-\x7f\xc0-\xff][\x80-\xbf]*){{{LONGEST + 1}}}(?s:.*)",
)
RULE = f"a user id has 1 to {LONGEST} visible characters, and neither begins nor ends with a blank"

_match = re.compile(PATTERN).match


def is_user_id(value: object) -> TypeGuard[str]:
    """Return whether a header can carry the value as it is."""
    return isinstance(value, str) and len(value) <= LONGEST and _match(value) is not None
