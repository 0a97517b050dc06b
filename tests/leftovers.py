"""What a test leaves behind fails that test: processes, threads, tasks, sockets, files outside of `tmp_path`.

A leftover that fails another test of the same worker sends a person to the wrong place. What a fixture of a wider scope
makes is its own until it ends. Each worker has its own folder for temporary files, so nobody is blamed for another's.
"""

import asyncio
import gc
import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
WORKER = "STEAD_TEST_WORKER"  # in the environment of whatever this worker starts
LINUX = Path("/proc/self/task").exists()
WIDER = "a fixture of a wider scope"
GRACE = float(os.environ.get("STEAD_TEST_GRACE", "10"))  # seconds in which what is ending has ended, on a busy machine
MEMORY = Path("/dev/shm")
ROOM = "stead-"
ROOMY = 12 << 30  # bytes: a whole run has 4.4 GB there at once, and 5 GB in its processes
TURNS = 50  # of ten milliseconds, for tasks that end
CACHES = ("__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache", ".mypy_cache", ".coverage", "pytest-of-")
INSTALLED = ROOT / "node_modules"  # by tests/npm.py, in whichever test asks first
PROGRAMS = ("node-compile-cache", "v8-compile-cache", "hsperfdata_")  # what Node and Java keep for their next start


@dataclass(frozen=True)
class State:
    """What there is at one moment; an item is a text that a person understands."""

    processes: frozenset[int]
    threads: frozenset[threading.Thread]
    files: frozenset[Path]

    def without(self, *others: "State") -> "State":
        return State(
            self.processes.difference(*(each.processes for each in others)),
            self.threads.difference(*(each.threads for each in others)),
            self.files.difference(*(each.files for each in others)),
        )

    def __or__(self, other: "State") -> "State":
        return State(self.processes | other.processes, self.threads | other.threads, self.files | other.files)

    def __bool__(self) -> bool:
        return bool(self.processes or self.threads or self.files)

    def lines(self) -> list[str]:
        return [
            *(f"process {pid}: {' '.join(_command(pid))}" for pid in sorted(self.processes)),
            *(f"thread {each.name}" for each in self.threads),
            *(f"file {each}" for each in sorted(self.files)),
        ]


NOTHING = State(frozenset(), frozenset(), frozenset())


class Leftovers:
    """The plugin: one folder for temporary files, and a look before and after each test."""

    def __init__(self, config: pytest.Config) -> None:
        self.alone = not hasattr(config, "workerinput")
        self.mark = secrets.token_hex(8)
        self.in_memory = room_in_memory() if config.getoption("numprocesses", None) else None
        self.folder = self.in_memory or Path(tempfile.mkdtemp(prefix="st-"))
        self.wider = NOTHING
        self.now: State | None = None  # what there was after the last test, and so is before the next
        self.others = frozenset(psutil.pids())
        self.strange: set[int] = set()  # processes that others have started meanwhile

    def open(self) -> None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(self.in_memory or tempfile.gettempdir()))  # of `tmp_path`
        os.environ |= {"TMPDIR": str(self.folder), WORKER: self.mark}
        tempfile.tempdir = None

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def look(self) -> State:
        threads = frozenset(each for each in threading.enumerate() if not each.daemon)
        return State(frozenset(self._processes()), threads, frozenset(self._files()))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            return (yield)
        before = self.look()
        with _environment("PYTEST_CURRENT_TEST", WIDER):
            try:
                return (yield)
            finally:
                self.wider |= self.look().without(before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self):
        self.before = self.now or self.look()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        result = yield
        found = [*_collected(), *self._left().lines()]
        self.wider |= self.now.without(self.before)  # told once
        if found and not getattr(item.module, "LEAVES_BEHIND", ""):  # the module says why
            pytest.fail("the test left behind:\n  " + "\n  ".join(found), pytrace=False)
        return result

    def _left(self) -> State:
        until = time.monotonic() + GRACE
        while (left := self._changed()) and time.monotonic() < until:
            time.sleep(0.05)
        return left

    def _changed(self) -> State:
        self.now = self.look()
        return self.now.without(self.before, self.wider)

    def _files(self):
        """Yield the entries that a test must not leave: beside its `tmp_path`, and in the repository.

        Other workers write into the repository at the same time, so it is looked at only without them.
        """
        room = self.folder / f"stead-{os.getuid()}"
        ignored = (*CACHES, *PROGRAMS, room.name)
        folders = [self.folder, room, *([ROOT, *(ROOT / "backends").iterdir()] if self.alone else [])]
        for folder in (each for each in folders if each.is_dir()):
            entries = (each for each in folder.iterdir() if not each.name.startswith(ignored))
            yield from (each for each in entries if each != INSTALLED)

    def _processes(self):
        """Yield what this worker has started, and what that has started, whatever its parent is by now."""
        children = set(_children(os.getpid(), self.wider.processes))
        every = {*psutil.pids(), *children}
        self.strange &= every
        for pid in every - self.others - (self.strange - children):
            environ = _environ(pid)
            if _of_wider_scope(environ):
                continue
            if f"{WORKER}={self.mark}" in environ or (pid in children and _lives(pid)):
                yield pid
            elif any(word.startswith(f"{WORKER}=") for word in environ):
                self.strange.add(pid)


@contextmanager
def _environment(name, value):
    before = os.environ[name]
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ[name] = before


def room_in_memory() -> Path | None:
    """Return a new folder in memory for a whole run; None where there is too little, or no program may start there.

    A run makes and removes some hundred thousand files, most of them PostgreSQL's: on a disk, a quarter of its time.
    """
    if not MEMORY.is_dir():
        return None
    for folder in MEMORY.glob(f"{ROOM}*"):
        pid = folder.name.removeprefix(ROOM)
        if pid.isdecimal() and not psutil.pid_exists(int(pid)) and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    if free < ROOMY or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return None
    folder = MEMORY / f"{ROOM}{os.getpid()}"
    folder.mkdir(mode=0o700)
    return folder


def _collected():
    """Return what is said about sockets, files and event loops that nobody closed, and nobody can any more.

    What has survived is not looked at again: a collection of the whole heap would take a tenth of a second a test.
    """
    found = []
    usual, sys.unraisablehook = sys.unraisablehook, lambda about: found.append(f"{about.exc_value} {about.object!r}")
    try:
        gc.collect()
    finally:
        sys.unraisablehook = usual
    gc.freeze()
    return found


def _children(pid, but):
    """Return the ids of the descendants of a process, but for some and theirs, and for those of a wider scope.

    What a backend of a module's fixture starts again during a test is that fixture's, as its first processes are.
    """
    try:
        tasks = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        direct = {int(word) for text in tasks for word in text.split()}
    except OSError:  # it has ended, or this is not Linux
        direct = set() if LINUX else {each.pid for each in psutil.Process(pid).children()}
    own = {pid for pid in direct - but if not _of_wider_scope(_environ(pid))}
    return [*own, *(below for each in own for below in _children(each, but))]


def _of_wider_scope(environ):
    return f"PYTEST_CURRENT_TEST={WIDER}" in environ


def _environ(pid):
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _command(pid):
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return ["?"]


async def without_tasks(test):
    """Run the coroutine of a test; fail when it ends and tasks of its own go on."""
    await test
    for _ in range(TURNS):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        if not tasks:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the test left behind:\n  " + "\n  ".join(f"task {each.get_coro()}" for each in tasks), pytrace=False)


def begin(config):
    """Have the tests of this worker looked at."""
    plugin = Leftovers(config)
    plugin.open()
    config.pluginmanager.register(plugin)
    config.add_cleanup(plugin.close)
