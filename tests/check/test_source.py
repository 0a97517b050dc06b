"""Whose code a file is: by folder, by module, and by what is imported; nothing is imported to find out."""

import sys

import pytest

from check.rule_run import modules_left_alone
from stead.check.context import Context
from stead.check.tree import Tree
from stead.model import Backend, Job, Service


@pytest.fixture
def sources(tmp_path):
    """Return the sources of each process, by name, as paths in a tree that is written from a mapping."""

    def look(files, *processes):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        services = [each for each in processes if isinstance(each, Service)]
        jobs = [each for each in processes if isinstance(each, Job)]
        context = Context(tmp_path / "backend.py", Tree(tmp_path), Backend("shop", services=services, jobs=jobs))
        with modules_left_alone(tmp_path):
            found = context.sources
        return {name: sorted(str(path.relative_to(tmp_path)) for path in paths) for name, paths in found.items()}

    return look


def test_a_package_with_what_it_imports(sources):
    files = {
        "orders/__init__.py": "raise SystemExit",
        "orders/app.py": "from shared.money import cents\nfrom . import store",
        "orders/store.py": "",
        "orders/tests/test_app.py": "",
        "shared/money.py": "import shared.rates",
        "shared/rates.py": "",
        "shared/other.py": "",
    }
    found = sources(files, Service("orders", app="orders.app:create"))
    assert found == {
        "orders": ["orders/__init__.py", "orders/app.py", "orders/store.py", "shared/money.py", "shared/rates.py"]
    }
    assert "orders" not in sys.modules


def test_not_what_is_somebody_elses(sources):
    files = {"orders/app.py": "import stock.contract", "stock/app.py": "", "stock/contract.py": ""}
    found = sources(files, Service("orders", app="orders.app:create"), Service("stock", app="stock.app:create"))
    assert found == {"orders": ["orders/app.py"], "stock": ["stock/app.py", "stock/contract.py"]}


def test_services_of_one_folder_have_a_module_each(sources):
    files = {"shop/orders.py": "import shop.money", "shop/stock.py": "", "shop/money.py": ""}
    found = sources(files, Service("orders", app="shop.orders:create"), Service("stock", app="shop.stock:create"))
    assert found == {"orders": ["shop/money.py", "shop/orders.py"], "stock": ["shop/stock.py"]}


def test_a_job_is_its_module_and_what_it_imports_of_its_service(sources):
    files = {"orders/app.py": "", "orders/store.py": "", "orders/sweep.py": "from orders import store"}
    job = Job("sweep", entry="orders.sweep:main")
    found = sources(files, Service("orders", app="orders.app:create"), job)
    assert found["sweep"] == ["orders/store.py", "orders/sweep.py"]
    assert found["orders"] == ["orders/app.py", "orders/store.py", "orders/sweep.py"]


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        ("node main.js", "apps/orders"),
        ("node apps/orders/main.js", "."),
        ("./apps/orders/main.js", "."),
    ],
)
def test_the_folder_of_a_command(sources, command, folder):
    files = {
        "apps/orders/main.js": "",
        "apps/orders/src/store.ts": "",
        "apps/orders/src/store.test.ts": "",
        "apps/orders/dist/main.js": "",
        "apps/orders/edge/index.js": "",
        "apps/other.js": "",
    }
    edge = Service("edge", command="node index.js", folder="apps/orders/edge")
    found = sources(files, Service("orders", command=command, folder=folder), edge)
    assert found == {
        "orders": ["apps/orders/main.js", "apps/orders/src/store.ts"],
        "edge": ["apps/orders/edge/index.js"],
    }


def test_a_module_that_a_command_runs(sources):
    files = {"orders/main.py": "", "orders/store.py": "", "stock.py": ""}
    found = sources(
        files,
        Service("orders", command="python3 -m orders.main"),
        Service("stock", app="stock:create"),
        Service("mail", image="example.com/mail:1"),
        Service("lost", app="nowhere.app:create"),
    )
    assert found == {"orders": ["orders/main.py", "orders/store.py"], "stock": ["stock.py"], "mail": [], "lost": []}
