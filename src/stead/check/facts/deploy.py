"""Commands that deploy, wherever they stand: CI files, scripts, Makefiles, `package.json`."""

import re
from pathlib import Path

from stead.check.facts import Facts
from stead.check.facts.position import Positions

# `wrangler-action` takes its command without the name of the program: `command: deploy --env staging`.
COMMAND = re.compile(
    r"(?:\bwrangler[^\n#;&|]{0,200}?\s|\bcommand:\s*[\"']?)(?:deploy|publish)\b(?:\\\n|[^\n#;&|]){0,2000}"
)
SUFFIXES = frozenset({".yml", ".yaml", ".sh", ".bash", ".mk", ".json", ".ps1", ".toml"})
NAMES = frozenset({"Makefile", "Jenkinsfile"})


def read(path: Path, text: str, facts: Facts) -> None:
    """Add the commands, continued lines joined."""
    if "wrangler" not in text or not (path.suffix in SUFFIXES or path.name in NAMES):
        return
    positions = Positions(text)
    for found in COMMAND.finditer(text):
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if "#" not in line:
            facts.deploys.append(positions.at(found.start(), " ".join(found[0].replace("\\\n", " ").split())))
