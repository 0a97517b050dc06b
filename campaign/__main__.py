"""`python -m campaign [BACKEND] [options]`: run a campaign, print its table; `--help` lists the options.

The backend is copied into a folder of its own and started there. With `--disk` that folder is a disk of its own, which
is filled as well; `--full-disk-only` does nothing else. Exit status 1 when anything was lost, doubled or left broken.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from campaign import disk
from campaign.disturbance import FULL_DISK, KINDS
from campaign.run import Result, campaign
from stead.testing.backend import Live, copied


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="campaign", description="Kill a backend's processes while its story plays.")
    parser.add_argument("backend", nargs="?", type=Path, default=Path("backends/rewards"))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--players", type=int, default=3)
    parser.add_argument("--disk", type=int, default=0, metavar="MB")
    parser.add_argument("--full-disk-only", action="store_true")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    parent = given.inside or Path(tempfile.mkdtemp(prefix="stead-campaign-"))
    if given.disk and not given.inside:
        if not disk.can_be_mounted():
            parent.rmdir()
            parser.error("--disk: this machine lets no user mount a tmpfs in a namespace (unshare --mount)")
        disk.enter(given.disk, parent, [*words, "--inside", str(parent)])
    kinds = ((FULL_DISK,) if given.full_disk_only else (*KINDS, FULL_DISK)) if given.disk else KINDS
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
                kinds=kinds,
                telling=lambda text: print(text, end="\r" if sys.stdout.isatty() else "\n", flush=True),
            )
        )
    finally:
        backend.stead("down", well=False)
        shutil.rmtree(parent / given.backend.resolve().name)
        if not given.inside:
            parent.rmdir()
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
