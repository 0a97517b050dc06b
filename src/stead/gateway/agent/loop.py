"""The agent's loop: run due tasks, sleep at most a second, end at SIGTERM.

One thread, since each piece of work is bounded to seconds while a token has minutes left. Due times use the wall clock:
after an hour of a laptop's sleep the tokens have expired, and a monotonic clock would not show it.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from stead.gateway.agent.plan import KeySet, Plan, Token
from stead.gateway.agent.source import problem_of
from stead.gateway.agent.task import KeySetTask, Show, Task, TokenTask
from stead.gateway.agent.token import minted, signing_key
from stead.gateway.agent.verification import Verification

READY = "ready"
BAD_SETTINGS = 78  # EX_CONFIG of sysexits.h
TICK = 1.0


def _nothing() -> None:
    """Publish nothing: where Envoy reads its whole configuration when it starts."""


def run(
    plan: Plan, folder: Path, environ: Mapping[str, str] = os.environ, publish: Callable[[], None] = _nothing
) -> int:
    """Refresh the plan's files in the folder until SIGTERM or SIGINT; return the exit status.

    When every file exists, `publish` is called: Envoy refuses a configuration with a missing file. Then `ready` is
    written to the folder, and one JSON line to standard output.
    """
    problems = problems_of(plan, environ)
    if problems:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        return BAD_SETTINGS
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _run_tasks(_tasks(plan, folder, environ), folder / READY, publish, stop)
    return 0


def problems_of(plan: Plan, environ: Mapping[str, str]) -> list[str]:
    """Return all that is wrong with the settings, at once, and never a value."""
    found = []
    for name in _keys(plan):
        try:
            signing_key(environ.get(name, ""))
        except ValueError as error:
            found.append(f"{name} is missing or malformed: {error}.")
    for keys in plan.key_sets:
        if not environ.get(keys.secret):
            problem = problem_of(environ.get(keys.url, ""), inner=bool(keys.audience))
            found += [f"{keys.url} is missing or malformed: {problem}."] if problem else []
    return found


def _keys(plan: Plan) -> list[str]:
    """Return the settings that hold the keys of the plan's tokens."""
    return sorted({token.key for token in plan.tokens})


def log(level: str, message: str, **more: object) -> None:
    """Write one line of the log."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"time": moment, "level": level, "logger": "stead.agent", "message": message, **more}
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - a log goes where the process is told


def _tasks(plan: Plan, folder: Path, environ: Mapping[str, str]) -> list[Task]:
    (folder / "tokens").mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    tasks: list[Task] = []
    if plan.tokens:
        for token in plan.tokens:
            (folder / "tokens" / token.file).parent.mkdir(exist_ok=True, mode=0o700)
        keys = {name: signing_key(environ[name]) for name in _keys(plan)}
        tasks.append(TokenTask(plan, keys, folder / "tokens"))
    if plan.verification:
        verification = Verification(plan.verification, plan.meanwhile, folder / "keys")
        tasks += [KeySetTask(keys, verification, environ, log, _showing(plan, keys, environ)) for keys in plan.key_sets]
    return tasks


def _showing(plan: Plan, keys: KeySet, environ: Mapping[str, str]) -> Show | None:
    """Return the token task of a service that publishes keys; None for a source outside the backend."""
    if not keys.audience:
        return None
    key = signing_key(environ["SERVICE_JWT_SECRET"])
    return partial(minted, key, plan.issuer, Token(keys.audience, (keys.operation,)))


@dataclass
class _ScheduledTask:
    each_task: Task
    at: float = 0.0
    ran_at: float = 0.0


def _run_tasks(tasks: Sequence[Task], ready: Path, publish: Callable[[], None], stop: threading.Event) -> None:
    ready.unlink(missing_ok=True)
    due = [_ScheduledTask(each_task) for each_task in tasks]
    while not stop.is_set():
        for one in due:
            _do(one, time.time)
        if not ready.exists() and all(each_task.done for each_task in tasks):
            publish()
            ready.touch(mode=0o600)
            print(json.dumps({"ready": True}), flush=True)  # noqa: T201 - who started the agent waits for this line
        stop.wait(TICK)
    ready.unlink(missing_ok=True)


def _do(due: _ScheduledTask, clock: Callable[[], float]) -> None:
    now = clock()
    if due.ran_at <= now < due.at:  # a clock that was set back makes everything due
        return
    try:
        due.ran_at, due.at = now, now + due.each_task.do(now)
    except OSError as error:
        log("error", f"{due.each_task.name}: {error.strerror or type(error).__name__}; trying again in 5 s")
        due.ran_at, due.at = now, now + 5
