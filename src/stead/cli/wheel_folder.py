"""The folder of the wheel that Stead was installed from: `uv lock` in a new project has to find that wheel."""

import json
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


def wheel_folder() -> Path | None:
    """Return the folder of the installed wheel file; None when Stead came from a package index or a checkout.

    Source: PEP 610, `direct_url.json`.
    """
    record = distribution("stead").read_text("direct_url.json")
    url = urlsplit(json.loads(record)["url"] if record else "")
    is_wheel = url.scheme == "file" and url.path.endswith(".whl")
    return Path(url2pathname(url.path)).parent if is_wheel else None
