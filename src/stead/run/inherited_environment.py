"""The variables that every process inherits from Stead's own environment, beside its settings.

A process gets its declared settings, and otherwise only the variables that any program needs. With the whole
environment, an undeclared setting would work on a laptop and be missing elsewhere.
"""

import os
from pathlib import Path

from stead.run.search_path import search_path

PASSED_ON = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "TERM", "VIRTUAL_ENV", "XDG_RUNTIME_DIR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)


def inherited(folder: Path | None = None) -> dict[str, str]:
    """Return the inherited variables; `folder` is the working directory of a command."""
    environ = {name: text for name, text in os.environ.items() if name in PASSED_ON or name.startswith("LC_")}
    path = environ.get("PATH", os.defpath)
    environ["PATH"] = search_path(folder, path) if folder else path
    environ["PYTHONUNBUFFERED"] = "1"  # a log line has to appear when it is written
    return environ
