"""The forkserver: one small process that starts, and ends, everything that a running backend consists of.

It loads the libraries that Python services share once, and forks each service from there: no service pays for an
import, and all share the memory. It outlives its supervisor only to clean up: when the supervisor's socket closes, for
whatever reason, `kill -9` included, it ends all that it started.

Rejected: `multiprocessing.forkserver`. It forks as well, but tells nobody but a `Process` object how a child ended,
gives all children one environment, working directory and standard output, and leaves them running when the parent is
killed.
"""
