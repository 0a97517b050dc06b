"""Scan an image with an installed program: for vulnerabilities, or to list its packages."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stead.render.makefile import HOW

DATABASE = (
    "without a network it needs a database that was downloaded before, in TRIVY_CACHE_DIR with "
    "TRIVY_SKIP_DB_UPDATE=true, "
    "or in GRYPE_DB_CACHE_DIR with GRYPE_DB_AUTO_UPDATE=false"
)


def scanner() -> str:
    """Return the installed vulnerability scanner; empty when there is none."""
    return next((each for each in ("trivy", "grype") if shutil.which(each)), "")


def lister() -> str:
    """Return the installed program that lists packages; empty when there is none."""
    return next((each for each in ("syft", "trivy") if shutil.which(each)), "")


def lacking(kind: str) -> str:
    """Return the missing program of `scan` or `sbom`, with its source."""
    return HOW[kind]


def scan_command(program: str, archive: Path, output: Path, inputs: Mapping[str, str]) -> list[str]:
    """Return the command that scans an archive, with the inputs of the action that the job names."""
    severity, unfixed = inputs.get("severity", ""), inputs.get("ignore-unfixed") == "true"
    fails = inputs.get("exit-code", "0") != "0"
    if program == "grype":
        words = ["grype", f"docker-archive:{archive}", "--output", "sarif", "--file", str(output)]
        return [*words, *(["--only-fixed"] if unfixed else []), *(["--fail-on", "high"] if fails else [])]
    words = ["trivy", "image", "--input", str(archive), "--format", "sarif", "--output", str(output)]
    words += ["--severity", severity] if severity else []
    words += ["--ignore-unfixed"] if unfixed else []
    return [*words, "--exit-code", "1" if fails else "0"]


def list_command(program: str, archive: Path, output: Path) -> list[str]:
    """Return the command that lists the packages of an archive as SPDX."""
    if program == "syft":
        return ["syft", f"docker-archive:{archive}", "--output", f"spdx-json={output}"]
    return ["trivy", "image", "--input", str(archive), "--format", "spdx-json", "--output", str(output)]


def summary(report: Path) -> str:
    """Summarise a report: the findings of SARIF, the packages of SPDX."""
    read: Mapping[str, Any] = json.loads(report.read_text())
    if "runs" in read:
        number = sum(len(run.get("results") or ()) for run in read["runs"])
        return f"{number} finding{'' if number == 1 else 's'}"
    return f"{len(read.get('packages') or ())} packages"
