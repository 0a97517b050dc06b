"""Renovate's configuration for both forges, as an alternative to Dependabot.

Renovate finds the files itself, so the configuration is the same for all backends. JSON5, which allows the comment that
marks a rendered file.
"""

import json
from collections.abc import Mapping
from typing import Any

from stead.model import Github, Gitlab

CONFIGURATION: Mapping[str, Any] = {
    "$schema": "https://docs.renovatebot.com/renovate-schema.json",
    "extends": ["config:recommended", "docker:pinDigests", "helpers:pinGitHubActionDigestsToSemver"],
    "schedule": ["before 6am on monday"],
    "minimumReleaseAge": "7 days",
    "internalChecksFilter": "strict",
    "packageRules": [{"matchPackageNames": ["*"], "groupName": "all"}],
    "vulnerabilityAlerts": {"minimumReleaseAge": None, "schedule": ["at any time"]},
}


def files(pipeline: Github | Gitlab, folder: str) -> Mapping[str, str]:
    """Return the file below a forge's own folder, where the description switches it on."""
    if "renovate" not in pipeline.parts:
        return {}
    return {f"{folder}/renovate.json5": f"{json.dumps(CONFIGURATION, indent=2)}\n"}
