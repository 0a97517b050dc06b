"""The forkserver: one small process that starts and stops all processes of a running backend.

It loads the libraries that Python services share once, and forks each service from there: services start without
imports, and share the memory. It outlives its supervisor only to clean up: when the supervisor's socket closes, also
after `kill -9`, it stops all its processes.

Rejected: `multiprocessing.forkserver`. It also forks, but reports the end of a child only to a `Process` object, gives
all children one environment, working directory and standard output, and leaves them running when the parent is killed.
"""
