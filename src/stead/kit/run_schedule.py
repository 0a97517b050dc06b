"""Run a job by its schedule: `python -m stead.kit.run_schedule module:callable --every 5m`, until SIGTERM.

Each run is a process of its own, so that a leak or a crash has no further effect. The next run is computed after the
end of one: runs never overlap.
"""

import argparse
import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime

from stead.model.interpreter import module_command
from stead.model.schedule import Schedule, ScheduleError, cron, interval

LOOK = 30.0  # seconds between two looks at the clock, which jumps when the machine slept
GRACE = 10.0  # seconds for a run to end when this is told to


def main(words: list[str]) -> int:
    """Run the job whenever it is due; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m stead.kit.run_schedule")
    parser.add_argument("entry", metavar="MODULE:CALLABLE")
    parser.add_argument("--every", default="")
    parser.add_argument("--cron", default="")
    parser.add_argument("--timezone", default="UTC")
    asked = parser.parse_args(words)
    try:
        schedule = interval(asked.every) if asked.every else cron(asked.cron, asked.timezone)
    except ScheduleError as error:
        sys.stderr.write(f"{error}\n")
        return 64  # EX_USAGE
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _repeat(schedule, module_command("stead.kit.run_job", asked.entry), stop)
    return 0


def _repeat(schedule: Schedule, command: list[str], stop: threading.Event) -> None:
    while _wait(schedule.after(datetime.now(UTC)), stop):
        began = datetime.now(UTC)
        with subprocess.Popen(command) as run:
            while run.poll() is None and not stop.wait(0.2):
                pass
            if run.poll() is None:
                run.terminate()
                _end(run)
        _log_run(run.returncode, began, schedule)


def _end(run: "subprocess.Popen[bytes]") -> None:
    try:
        run.wait(GRACE)
    except subprocess.TimeoutExpired:
        run.kill()


def _wait(due: datetime, stop: threading.Event) -> bool:
    """Wait until a time; return False when a stop comes before."""
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:
        if stop.wait(min(left, LOOK)):
            return False
    return not stop.is_set()


def _log_run(status: int, began: datetime, schedule: Schedule) -> None:
    now = datetime.now(UTC)
    line = {
        "time": now.isoformat(timespec="milliseconds"),
        "level": "error" if status else "info",
        "logger": "stead.schedule",
        "message": f"the run ended with exit status {status}",
        "seconds": round((now - began).total_seconds(), 3),
        "next": schedule.after(now).isoformat(timespec="seconds"),
    }
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - a log goes where the process is told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
