"""What every test may ask for: a real PostgreSQL, a fresh database, and `async def test_…` that just works."""

import asyncio
import compileall
import gc
import inspect
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import leftovers
import stead
from databases import Databases
from stead.run.postgres import Cluster
from stead.run.postgres.lock import Holder

LONG = (  # files that take half a minute or more
    *("test_kill.py", "test_order.py", "test_outages.py", "test_aquastream.py", "test_applying.py", "test_startup.py"),
    *("test_cases.py", "test_planted.py", "test_rendered.py", "test_new.py", "test_wheel.py", "test_payments.py"),
)


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        # Hundreds of processes import it; where PYTHONDONTWRITEBYTECODE is set, each would compile it anew.
        compileall.compile_dir(stead.__path__[0], quiet=2)
    settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("shared")  # beside other tests on two cores, no time says anything of the code
    leftovers.begin(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Collect tests without looking for garbage: most of what is made stays, and each look costs more than the last."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    """Begin with what takes long: begun last, it would run alone while the other cores have nothing to do."""
    items.sort(key=lambda item: (item.path.name not in LONG, "end_to_end" not in item.path.parts))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Two workers for each core, and six at least: most of a test of what runs is waiting."""
    return max(6, 2 * (yield))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    test = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    # A library that ends its tasks with the loop is named by the module that tests with it.
    asyncio.run(test if getattr(pyfuncitem.module, "TASKS_END_WITH_THE_LOOP", "") else leftovers.without_tasks(test))
    return True


@pytest.fixture(scope="session")
def cluster():
    """One PostgreSQL for the whole run; started when the first test asks for it."""
    folder = Path(tempfile.mkdtemp(prefix="stead-pg-"))
    server = Cluster(folder, durable=False)
    server.start()
    with ending_with_us(server):
        yield server
    server.stop()
    shutil.rmtree(folder)


@contextmanager
def ending_with_us(server):
    """Stop the server also when this process is killed: whoever reads from us then comes to the end."""
    script = 'read -r _; kill -INT "$0"; while kill -0 "$0"; do sleep 0.1; done; rm -rf "$1"'
    command = ["sh", "-c", script, str(Holder.of(server.data).pid), server.folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as guard:
        yield
        guard.kill()


@pytest.fixture(scope="session")
def all_databases(cluster):
    made = Databases(cluster)
    yield made
    made.close()


@pytest.fixture
def new_database(all_databases):
    """Return what makes a database with migrations applied, and returns its URL; it is gone after the test."""
    made = []

    def make(migrations=()):
        made.append(all_databases.make(migrations))
        return made[-1]

    yield make
    for url in made:
        all_databases.drop(url)


@pytest.fixture
def database_url(new_database):
    """A fresh database, gone after the test; a service's tests say which migrations it begins with."""
    return new_database()
