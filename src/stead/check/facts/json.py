"""Whether JSON can be read; and what `package.json` names.

Editors and TypeScript read JSON with comments from files that everyone knows by name; those are read without their
comments and last commas.
"""

import json
import re
from pathlib import Path

from stead.check.facts import At, Facts, wrangler
from stead.check.facts.command import Commands
from stead.check.facts.position import Positions
from stead.model.jsonc import without_comments

COMMENTED = re.compile(
    r"^(?:[jt]sconfig.*|\.eslintrc|\.swcrc|devcontainer|settings|launch|tasks|extensions|deno|turbo|nx|wrangler|renovate|api-extractor|biome"
    r"|appsettings.*|launchSettings|omnisharp|jest\.config|angular|project|workspace|rush|version-policies|tslint|\.babelrc"
    r"|bundleconfig|compilerconfig|babel\.config|\.jshintrc|language-configuration|\.markdownlint|\.devcontainer)\.jsonc?$|.*\.jsonc$|^\.(?:babelrc|jshintrc|eslintrc|swcrc)$"
)
WRANGLER = ("wrangler.json", "wrangler.jsonc")
SCRIPT = re.compile(r'"(?P<name>[\w:.-]+)"\s*:\s*"(?P<command>(?:[^"\\\n]|\\.)*)"')


def read(path: Path, text: str, facts: Facts) -> None:
    """Add a fault where it cannot be read."""
    text = text.removeprefix("\ufeff")  # .NET's tools write the mark, and every reader ignores it
    try:
        data = json.loads(
            without_comments(text) if COMMENTED.match(path.name) or ".vscode" in path.parts[-2:] else text
        )
    except json.JSONDecodeError as error:
        if not text.strip() or "{{" in text or "{%" in text:
            return  # an empty file, or a template
        facts.faults.append(At(error.msg[:1].lower() + error.msg[1:], error.lineno, error.colno, "json"))
    except RecursionError:
        facts.faults.append(At("it is nested too deeply", 1, 1, "json"))
    except ValueError:
        return  # a number longer than Python reads
    else:
        if path.name == "package.json" and isinstance(data, dict) and isinstance(data.get("scripts"), dict):
            _script_facts(text, data["scripts"], facts)
        elif path.name in WRANGLER and isinstance(data, dict):
            wrangler.add(data, text, facts)


def _script_facts(text: str, scripts: dict[str, object], facts: Facts) -> None:
    positions = Positions(text)
    for found in SCRIPT.finditer(text, max(text.find('"scripts"'), 0)):
        if scripts.get(found["name"]) is not None:
            commands = Commands(facts, "package")
            commands.take(positions.at(found.start("command"), "").line, found["command"].replace('\\"', '"'))
            commands.done()
