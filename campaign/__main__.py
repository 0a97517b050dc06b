"""`python -m campaign [BACKEND] [--kills N] [--seconds S] [--seed N] [--players N]`: run a campaign, print its table.

The backend is copied into a folder of its own and started there. Exit status 1 when anything was lost, doubled or left
broken.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from campaign.run import Result, campaign
from stead.testing.backend import Live, copied


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="campaign", description="Kill a backend's processes while its story plays.")
    parser.add_argument("backend", nargs="?", type=Path, default=Path("backends/rewards"))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--players", type=int, default=3)
    given = parser.parse_args(words)
    parent = Path(tempfile.mkdtemp(prefix="stead-campaign-"))
    backend = Live(copied(given.backend, parent))
    try:
        backend.stead("up", "-d", "--port", "0")
        result = asyncio.run(
            campaign(
                backend.folder,
                kills=given.kills,
                seconds=given.seconds,
                seed=given.seed,
                players=given.players,
                telling=lambda text: print(text, end="\r" if sys.stdout.isatty() else "\n", flush=True),
            )
        )
    finally:
        backend.stead("down", well=False)
        shutil.rmtree(parent)
    return report(result)


def report(result: Result) -> int:
    """Print what was done and found; return the exit status."""
    done = ", ".join(f"{count} × {name}" for name, count in result.done.most_common())
    print(f"\n{result.done.total()} disturbances in {result.seconds:.0f} s: {done}")
    print(f"{result.played.stories} stories with {result.played.steps} steps were played to their end\n")
    print(result.table())
    print("\n" + ("\n".join(f"✗ {fault}" for fault in result.faults) or "lost 0, doubled 0, every invariant holds"))
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
