"""`python -m stead.gateway.agent PLAN FOLDER`: refresh a plan's files in a folder."""

import sys
from pathlib import Path

from stead.gateway.agent.loop import run
from stead.gateway.agent.plan import Plan


def main(words: list[str]) -> int:
    if len(words) != 2:
        sys.stderr.write("usage: python -m stead.gateway.agent PLAN FOLDER\n")
        return 64  # EX_USAGE
    plan, folder = (Path(word) for word in words)
    return run(Plan.from_json(plan.read_text()), folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
