"""Work that is done now and then."""

import asyncio

import psycopg
import pytest

from stead.kit.http_problem import HttpProblem
from stead.kit.periodic_task import PeriodicTask


class Work:
    def __init__(self, *errors):
        self.errors, self.done, self.enough = list(errors), 0, asyncio.Event()

    async def __call__(self):
        self.done += 1
        if self.done > 3:
            self.enough.set()
        if self.errors:
            raise self.errors.pop(0)


async def test_it_goes_on_after_errors_of_the_database(caplog):
    work = Work(psycopg.OperationalError("gone"), HttpProblem(503, "unavailable"))
    sweep = PeriodicTask("crumbs", work, 0.01)
    await sweep.open()
    await asyncio.wait_for(work.enough.wait(), 5)
    await sweep.check()
    await sweep.close()
    assert caplog.text.count("the sweep of crumbs will be retried") == 2
    done = work.done
    await asyncio.sleep(0.05)
    assert work.done == done


async def test_another_error_ends_it_and_it_says_so(caplog):
    sweep = PeriodicTask("crumbs", Work(ZeroDivisionError()), 0.01)
    await sweep.open()
    for _ in range(100):
        await asyncio.sleep(0.01)
        try:
            await sweep.check()
        except RuntimeError as error:
            assert "the sweep of crumbs does not run" in str(error)
            break
    else:
        pytest.fail("it is still said to run")
    await sweep.close()
    assert "the sweep of crumbs ends" in caplog.text
    assert "ZeroDivisionError" in caplog.text
