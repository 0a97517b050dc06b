"""What pipelines, scripts and Makefiles run: targets of make, deliveries whose failure is ignored, risky commands."""

import re
from pathlib import Path

from stead.check.facts import At, Facts, is_script
from stead.check.facts.make_recipe import spaces
from stead.check.facts.risky_command import risks
from stead.check.facts.script_failure import unstopped

SCRIPTS = (".sh", ".bash")
CI = (".github/workflows/", ".gitlab-ci")
MAKEFILES = frozenset({"Makefile", "GNUmakefile"})
TARGET = re.compile(r"^([A-Za-z0-9][\w./-]*(?:[ \t]+[A-Za-z0-9][\w./-]*)*)[ \t]*::?(?![=:])")
CALL = re.compile(r"(?:^|[;&|({`]|\b(?:run|then|do|else|exec)\b:?|^\s*-)\s*@?-?make[ \t]+([^\n;&|#>)`]*)")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
DELIVERS = (
    r"(?:stead\s+(?:ship|backup|restore|smoke|check|render)\b|make\s+(?:ship|deploy)|kubectl\s+(?:apply|set|rollout)\b|"
    r"helm\s+upgrade\b|docker\s+compose\b[^|\n]*\sup\b|wrangler\s+deploy\b|terraform\s+apply\b)"
)
FORGIVEN = re.compile(DELIVERS + r"[^\n|]*\|\|\s*(?:true|:|exit\s+0|echo)(?:\s|$|[\"'])")


def read(path: Path, text: str, facts: Facts) -> None:
    """Add what a Makefile, a shell script or a pipeline runs."""
    name = path.as_posix()
    made = path.name in MAKEFILES or path.suffix == ".mk"
    script = path.suffix in SCRIPTS or (not path.suffix and is_script(text))
    if not (made or script or (path.suffix in (".yml", ".yaml") and any(part in name for part in CI))):
        return
    facts.pipeline += risks(text, shell=script or made)
    facts.pipeline += unstopped(text) if script else ()
    facts.faults += spaces(text) if made else ()
    target = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("#"):
            continue
        if made and not line.startswith("\t") and (found := TARGET.match(line)):
            target = found[1].split()[0]
            facts.pipeline += [At(each, number, 1, "target") for each in found[1].split()]
        elif made and line.startswith("\t") and target and len(bare) < 500:
            facts.pipeline.append(At(bare, number, 1, f"recipe {target}"))
        if "||" in line and (forgiven := FORGIVEN.search(line)):
            facts.pipeline.append(
                At(forgiven[0].partition("||")[0].strip()[:80], number, forgiven.start() + 1, "forgiven")
            )
        if "make" in line:
            _calls(line.replace("$(MAKE)", "make"), number, facts)


def _calls(line: str, number: int, facts: Facts) -> None:
    """Add the targets of the Makefile at the top of the repository that a line calls by name."""
    for found in CALL.finditer(line):
        words = found[1].split()
        if any(word.startswith("-") or "$" in word or "\\" in word for word in words):
            continue  # another folder or file, or a name that is known when it runs
        named = [word.strip("\"'") for word in words if "=" not in word]
        facts.pipeline += [At(word, number, found.start() + 1, "make") for word in named if NAME.fullmatch(word)]
