"""What goes wrong with a sealed file. No text of these errors holds a value or a key.

SopsError            the file, its rules or the request cannot be used
├── TamperedError    the file was changed by who had no key, or by hand
└── KeyMissingError  no identity that is given opens the file
"""

from stead.model import SteadError


class SopsError(SteadError):
    """A sealed file that cannot be read or written."""


class TamperedError(SopsError):
    """The contents are not what was sealed."""


class KeyMissingError(SopsError):
    """Nobody who is one of the recipients asks."""
