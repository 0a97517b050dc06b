"""Display text: one line for people, such as a title, a name or a reason.

It has no control characters, and none of the invisible characters of Unicode that break a line, hide a part of the text
or change its direction: a name with them looks different from its content. The two joiners stay, because Persian,
several scripts of India and many emoji are written with them.

The rule is a pattern, not a function, so that OpenAPI documents contain it; it is written as ranges because
Python and JSON Schema (ECMA 262) share no name of these characters.
"""

from typing import Final

# First and last, by the categories Cc, Cf, Zl and Zp of Unicode 16; signs of category Cf that are visible are left out.
HIDDEN: Final = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)


def _character(code: int) -> str:
    return rf"\u{code:04x}" if code <= 0xFFFF else chr(code)  # ECMA 262 has no escape that Python has as well


def _range(first: int, last: int) -> str:
    return _character(first) if first == last else f"{_character(first)}-{_character(last)}"


_CLASS = "".join(_range(first, last) for first, last in HIDDEN)
DISPLAY_TEXT: Final = rf"^(?![\s\S]*[{_CLASS}])"
VISIBLE_TEXT: Final = rf"{DISPLAY_TEXT}(?=[\s\S]*\S)"  # with at least one visible character
