"""Errors of sealed files. Their texts hold no value and no key.

SopsError            the file, its rules or the request cannot be used
├── TamperedError    the file was changed by who had no key, or by hand
└── KeyMissingError  no identity that is given opens the file
"""

from stead.model import SteadError


class SopsError(SteadError):
    """A sealed file cannot be read or written."""


class TamperedError(SopsError):
    """The contents were changed without a key."""


class KeyMissingError(SopsError):
    """None of the given identities is a recipient."""
