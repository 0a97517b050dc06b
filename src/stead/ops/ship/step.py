"""Step: one timed part of a rollout, reported when it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

# Called with each step when it ends: its title, its seconds, what was wrong with it.
StepListener = Callable[[str, float, str], None]


@contextmanager
def step(title: str, on_step: StepListener) -> Iterator[None]:
    """Report the block as a step, whether it succeeds or raises."""
    began = monotonic()
    try:
        yield
    except Exception as error:
        on_step(title, monotonic() - began, str(error))
        raise
    on_step(title, monotonic() - began, "")
