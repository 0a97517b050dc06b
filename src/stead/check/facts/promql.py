"""PromQL, the language of the rules of Prometheus: what an expression names, and what is wrong with it."""

import re

# The parser is called recursively for each bracket and operator: beyond these bounds, an expression is not read.
LONGEST = 10_000  # characters
MOST = 300  # brackets and operators
NESTING = re.compile(r"[(\[{+*/%^-]|\b(?:and|or|unless|atan2)\b")
# Text of a generator or a dashboard, of Loki's language, and what Prometheus calls experimental: not for this parser.
OTHER = re.compile(
    r"\{\{|\$\{|\$__|\$\(|\|[=~>]|\|\s*(?:json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format)\b"
    r"|\b(?:anchored|smoothed|fill(?:_left|_right)?)\b|\boffset\s*\(|\[[^\]\"']*[+*/-][^\]\"']*\]"
)
OLD = "holt_winters"  # of Prometheus 2; version 3 calls it double_exponential_smoothing


def fault(expression: str) -> str:
    """Return what is wrong with an expression; empty where nothing is, or where it is not read."""
    if not _is_read(expression) or OLD in expression:
        return ""
    import promql_parser  # takes 10 ms, which a check without rules of Prometheus need not spend

    try:
        promql_parser.parse(expression)
    except ValueError as error:
        return " ".join(str(error).split()).replace("invalid promql query", "it does not parse")
    return ""


def metrics(expression: str) -> list[str]:
    """Return the metrics that an expression names, each once; none where it cannot be read."""
    if not _is_read(expression):
        return []
    import promql_parser

    found: dict[str, None] = {}

    def visit(node: object) -> bool:
        name = getattr(node, "name", None) if isinstance(node, promql_parser.VectorSelector) else None
        name = name or getattr(getattr(node, "vector_selector", None), "name", None)
        if name:
            found[name] = None
        return True

    try:
        promql_parser.walk(promql_parser.parse(expression), visit)
    except ValueError:
        return []  # OBSERVE017 says so
    return list(found)


def _is_read(expression: str) -> bool:
    if len(expression) > LONGEST or OTHER.search(expression):
        return False
    return sum(1 for _ in NESTING.finditer(expression)) <= MOST
