"""The forkserver's own loop: `python -m stead.run.forkserver <socket> <pipe>`.

Orders arrive on the socket, ends of processes are reported on the pipe. One thread and one loop, since a fork of a
process with several threads is a fork of held locks.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from stead.run.forkserver import framing, mark
from stead.run.forkserver.child import become, changed_at

GRACE = 2.0  # seconds between SIGTERM and SIGKILL when the supervisor has ended
SHELF = "stead.services"
SHOWN = 8  # ids of processes in one report


class ForkserverLoop:
    """The started processes, and the files to remove at the end of the supervisor."""

    def __init__(self, orders: socket.socket, reports: int) -> None:
        self.orders = orders
        self.reports = reports
        self.children: dict[int, dict[str, Any]] = {}
        self.adopted: list[dict[str, Any]] = []
        self.files: list[str] = []
        self.seen: dict[str, dict[str, float]] = {}
        self.unloaded: deque[str] = deque()
        self.deferred: list[tuple[dict[str, Any], list[int]]] = []
        self.complete = self.loaded = False

    def run(self) -> None:
        """Serve until the supervisor ends, then stop everything."""
        awake, wake = os.pipe()
        for end in (awake, wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        while self._turn(awake):
            pass
        self._end_all()

    def _turn(self, awake: int) -> bool:
        """Take an order, or note an end; load one module when there is nothing else to do."""
        sources: list[int] = [self.orders.fileno(), awake]
        ready, _, _ = select.select(sources, [], [], 0 if self.unloaded else None)
        if awake in ready:
            os.read(awake, 4096)
            self._collect_ended()
        if self.orders.fileno() in ready:
            return self._handle_order()
        if self.unloaded:
            self._load(self.unloaded.popleft())
        return True

    def _handle_order(self) -> bool:
        try:
            received = framing.receive(self.orders)
        except OSError:
            received = None
        if received is None:
            return False
        order, files = received
        getattr(self, f"_do_{order.pop('do')}")(order, files)
        return True

    def _do_preload(self, order: dict[str, Any], _: list[int]) -> None:
        """Load modules, or call a `module:function`; `all` marks the end of the list."""
        self.unloaded.extend(order["modules"])
        self.complete = order["all"]
        if self.complete and not self.unloaded:
            self._all_loaded()

    def _do_keep(self, order: dict[str, Any], files: list[int]) -> None:
        """Redirect this process's output to the first file, and keep the others open during its life."""
        mark.write(order["mark"])
        os.dup2(files[0], 1)
        os.dup2(files[0], 2)
        os.close(files[0])

    def _load(self, name: str) -> None:
        module, _, function = name.partition(":")
        try:
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)()
        except Exception as error:  # noqa: BLE001 - the service that needs it will say so in its own log
            self._report(event="trouble", text=f"{name} does not import: {type(error).__name__}: {error}"[:500])
        if self.complete and not self.unloaded:
            self._all_loaded()

    def _all_loaded(self) -> None:
        self.seen[SHELF] = _files_of(SHELF)
        if threading.active_count() > 1:
            names = ", ".join(thread.name for thread in threading.enumerate()[1:])
            self._report(event="trouble", text=f"a preloaded module started threads ({names}); a fork has none")
        gc.collect()
        gc.freeze()  # a collection in a child would otherwise write to every shared page, and so copy it
        self.loaded = True
        self._report(event="ready")
        for order, files in self.deferred:
            self._start(order, files)

    def _do_start(self, order: dict[str, Any], files: list[int]) -> None:
        """Start a command at once, and Python when what it shares is loaded."""
        if self.loaded or order["command"]:
            self._start(order, files)
        else:
            self.deferred.append((order, files))

    def _start(self, order: dict[str, Any], files: list[int]) -> None:
        pid = os.fork()
        if pid == 0:
            become(order | {"seen": self.seen}, files[0])
        self.children[pid] = order
        for file in files:
            os.close(file)
        self._report(event="started", id=order["id"], pid=pid)

    def _do_remove(self, order: dict[str, Any], _: list[int]) -> None:
        """Store the files that announce the run."""
        self.files += order["files"]

    def _do_adopt(self, order: dict[str, Any], _: list[int]) -> None:
        """Remember processes that an earlier forkserver started, and that outlived it: they, too, are to end."""
        self.adopted += order["processes"]

    def _collect_ended(self) -> None:
        """Reap ended processes: our own, and orphans, which the kernel assigns to this process."""
        if not hasattr(os, "waitid"):
            self._reap_known()
            return
        with suppress(ChildProcessError):
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self._reap_one(found.si_pid)

    def _reap_one(self, pid: int) -> None:
        """Reap an ended process, and stop its process group while the kernel cannot reuse its id."""
        order = self.children.pop(pid, None)
        left = mark.bearers(order["mark"]) if order else []
        if order:
            _signal_group(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if order:
            if left:
                mark.end(order["mark"])
            self._report(event="ended", id=order["id"], status=os.waitstatus_to_exitcode(status), left=left[:SHOWN])

    def _reap_known(self) -> None:
        for pid, order in list(self.children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self.children[pid]
                self._report(event="ended", id=order["id"], status=os.waitstatus_to_exitcode(status), left=[])

    def _report(self, **message: Any) -> None:
        try:
            framing.report(self.reports, message)
        except OSError:
            return  # the supervisor has ended: the socket will show it

    def _end_all(self) -> None:
        """Stop the services, then their servers; each gets a signal first, and is killed when it does not end."""
        for last in (False, True):
            for how in ("stop", "kill"):
                chosen = {pid: order[how] for pid, order in self.children.items() if order["last"] is last}
                for pid, number in chosen.items():
                    _signal_group(pid, number)
                self._end_adopted(how, last=last)
                self._wait_for(chosen)
        self._end_unknown_children()
        for file in self.files:
            Path(file).unlink(missing_ok=True)

    def _end_adopted(self, how: str, *, last: bool) -> None:
        chosen = [each for each in self.adopted if each["last"] is last and each["pid"] in mark.bearers(each["mark"])]
        for each in chosen:
            _signal_group(each["pid"], each[how])
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(mark.bearers(each["mark"]) for each in chosen):
            time.sleep(0.02)

    def _end_unknown_children(self) -> None:
        """Stop the remaining programs that our processes have started."""
        for each in self.adopted:
            mark.end(each["mark"])
        while children := mark.children():
            for pid in children:
                os.kill(pid, signal.SIGKILL)  # a child that was not waited for keeps its number
            with suppress(ChildProcessError):
                os.waitpid(children[0], 0)

    def _wait_for(self, pids: Collection[int]) -> None:
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(pid in self.children for pid in pids):
            time.sleep(0.02)
            self._collect_ended()


def _files_of(package: str) -> dict[str, float]:
    found = (getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith(package))
    return {file: changed_at(file) for file in found if file}


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of ended processes
        return


def main() -> None:
    orders, reports = (int(text) for text in sys.argv[1:3])
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they are meant for the supervisor, which then gives the order
    mark.take_orphans()
    gc.disable()  # until all is loaded: what an import makes is not garbage
    ForkserverLoop(socket.socket(fileno=orders), reports).run()


if __name__ == "__main__":
    main()
