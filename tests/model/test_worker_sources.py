"""A backend with the Workers that stand for its services: a copy, in which they still refer to one another."""

from stead.model import Backend, Environment, Gateway, Postgres, Route, Service, Workers
from stead.model.wiring import wires
from stead.model.worker_sources import with_workers

stock = Service("stock", app="stock:app", needs=[Postgres()], routes=[Route.service("POST", "/v1/take", "take")])
orders = Service("orders", command="orders", calls=[stock.may("take")], routes=[Route.public("GET", "/v1/orders")])


def a_backend(*environments):
    return Backend("shop", [stock, orders], Gateway("edge", fronts=[orders]), environments=environments)


def kinds(backend):
    return {each.name: (each.app, each.command, str(each.worker), str(each.folder)) for each in backend.services}


def test_a_source_takes_the_service_s_place_and_the_original_stays():
    backend = a_backend(Environment("dev"), Environment("staging", workers=Workers(sources={stock: "apps/stock"})))
    changed = with_workers(backend, "dev")
    assert kinds(changed)["stock"] == ("", (), "apps/stock", "apps/stock")
    assert kinds(changed)["orders"] == kinds(backend)["orders"]
    assert kinds(backend)["stock"] == ("stock:app", (), "", ".")


def test_calls_callers_and_values_are_those_of_the_copies():
    backend = a_backend(Environment("dev", {stock: {}}, workers=Workers(sources={stock: "apps/stock"})))
    assert backend.callers(stock) == {"orders": ("take",)}  # what was worked out before is not copied
    changed = with_workers(backend, "dev")
    copy = changed.services[0]
    assert changed.callers(copy) == {"orders": ("take",)}
    assert [edge.callee is copy for edge in changed.edges_of(changed.services[1])] == [True]
    assert list(changed.environments[0].values) == [copy]


def test_an_environment_takes_its_own_sources_before_those_of_another():
    staging = Environment("staging", workers=Workers(sources={stock: "apps/stock"}))
    prod = Environment("prod", workers=Workers(sources={orders: "apps/orders"}))
    assert kinds(with_workers(a_backend(staging, prod), "prod"))["orders"][2] == "apps/orders"
    assert kinds(with_workers(a_backend(staging, prod), "prod"))["stock"][2] == ""
    assert kinds(with_workers(a_backend(staging, prod), "dev"))["stock"][2] == "apps/stock"


def test_without_sources_it_is_the_backend_itself():
    backend = a_backend(Environment("dev"), Environment("staging", workers=Workers()))
    assert with_workers(backend, "dev") is backend


def test_a_worker_in_place_of_static_files_is_told_of_no_folder():
    web = Service("web", static="web/dist")
    staging = Environment("staging", workers=Workers(sources={web: "apps/web"}))
    backend = Backend("shop", [web], Gateway("edge", fronts=[web]), environments=(staging,))
    changed = with_workers(backend, "staging")
    told = {wire.setting.name for wire in wires(changed, changed.services[0], changed.environments[0])}
    assert not told & {"STATIC_FOLDER", "SERVICE_ROUTES"}
