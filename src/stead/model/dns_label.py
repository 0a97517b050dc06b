"""DNS labels (RFC 1035 section 2.3.1): the form of every name."""

import re

_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def is_label(name: object) -> bool:
    return isinstance(name, str) and _LABEL.fullmatch(name) is not None
