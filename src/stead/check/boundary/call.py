"""What calls are for: each grants something, none is to oneself, and every operation has a caller."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Edge, Problem

SHELF = "stead."


def _edges(context: Context) -> Iterator[Edge]:
    if context.backend:
        yield from context.backend.edges()


@rule("BOUNDARY016")
def no_service_calls_itself(context: Context) -> Iterator[Problem]:
    """A service does not call itself.

    It can do the work in its own process, without a token, a timeout and a second worker that may be busy. Call the
    function. If two parts scale or fail independently, make them two services.
    """
    for edge in _edges(context):
        if edge.caller is edge.callee:
            message = f"{edge.caller.name} calls itself"
            yield Problem("BOUNDARY016", message, edge.call.where, "call the function, or make it two services")


@rule("BOUNDARY019")
def calls_are_for_something(context: Context) -> Iterator[Problem]:
    """A call names at least one operation of a callee that has some.

    The caller's token allows only these operations. A call without one provides an address and a key, but every request
    is refused. Name the operation: `stock.may("reserve")`.
    """
    for edge in _edges(context):
        if not edge.call.operations and edge.callee.operations:
            offered = ", ".join(f'"{operation}"' for operation in sorted(edge.callee.operations))
            message = f"{edge.caller.name} declares a call to {edge.callee.name} that names no operation"
            yield Problem("BOUNDARY019", message, edge.call.where, f"name some of {offered}", edge.callee.where)


@rule("BOUNDARY020", severity="warning")
def operations_have_a_caller(context: Context) -> Iterator[Problem]:
    """Every operation of your own services has a caller.

    A service route without a permitted caller is code that never runs. Declare the call, or remove the route. The rule
    skips services from the shelf, which offer operations for any backend.
    """
    granted = {(id(edge.callee), operation) for edge in _edges(context) for operation in edge.call.operations}
    for service in context.services:
        for route in () if service.app.startswith(SHELF) else service.routes:
            if route.operation and (id(service), route.operation) not in granted:
                message = f"{route} of {service.name} is for {route.operation!r}, which no caller may use"
                mend = f'declare a caller: {service.name}.may("{route.operation}"), or remove the route'
                yield Problem("BOUNDARY020", message, route.where, mend, service.where)


RULES = (no_service_calls_itself, calls_are_for_something, operations_have_a_caller)
