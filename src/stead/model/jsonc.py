"""JSON with comments and last commas, as editors, TypeScript and wrangler read it."""

import re

# What is not closed ends with its line, or with the text, so that no place is looked at twice.
TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
LAST = re.compile(r'"(?:[^"\\\n]|\\.)*"?|,(?=\s*[\]}])')


def without_comments(text: str) -> str:
    """Return JSON without comments and last commas, each replaced by blanks so that places stay."""

    def blank(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith('"') else re.sub(r"[^\n]", " ", found[0])

    return LAST.sub(blank, TOKEN.sub(blank, text))
