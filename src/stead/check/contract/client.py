"""The typed client in a service's `contract.py` against its routes: it asks for what is there, and for all of it."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.contract.document_owner import OperationKey, Promise, operation_key, promises
from stead.check.facts import At
from stead.check.facts.client_calls import UNKNOWN
from stead.check.openapi.document import template
from stead.check.rule import rule
from stead.model import Problem, Route

FILE = "contract.py"


def clients(context: Context) -> Iterator[tuple[Promise, Path, tuple[At, ...]]]:
    """Yield each service's own client: the file, and what it asks."""
    for promise in promises(context):
        file = promise.file.with_name(FILE)
        client_calls = tuple(context.facts(file).asks) if file in context.tree.known else ()
        if client_calls:
            yield promise, file, client_calls


def _operation(at: At) -> OperationKey:
    method, _, path = at.text.partition(" ")
    return method, template(path)


def _everywhere(context: Context) -> dict[OperationKey, Route]:
    return {operation_key(route): route for service in context.services for route in service.routes}


def _found(routes: dict[OperationKey, Route], operation: OperationKey) -> Route | None:
    """Return the route that a client's path means: a variable of the client's may be a fixed word of the route's."""
    exact = routes.get(operation) or routes.get(("ANY", operation[1]))
    return exact or next((route for key, route in routes.items() if _may_match(operation, key)), None)


def _may_match(operation: OperationKey, key: OperationKey) -> bool:
    one, two = operation[1].split("/"), key[1].split("/")
    same = len(one) == len(two) and all(a == b or a == "{}" for a, b in zip(one, two, strict=True))
    return same and key[0] in (operation[0], "ANY")


@rule("CONTRACT025")
def clients_ask_for_what_is_there(context: Context) -> Iterator[Problem]:
    """A typed client requests only declared routes.

    A path that was renamed in the service but not in its `contract.py` gives every caller a 404, and no type checker
    detects it. The path of each `peer.ask("METHOD", path, …)` is parsed as a template. Fix the client, or declare the
    route. A client that `contract.py` has for another service's routes is compared with those.
    """
    everywhere = context.once(_everywhere)
    for promise, file, client_calls in clients(context):
        for at in client_calls:
            operation = _operation(at)
            if operation[1] != UNKNOWN and _found(everywhere, operation) is None:
                message = f"the client requests {at.text}, but {promise.name} declares no such route"
                near = next((str(route) for (_, path), route in promise.routes.items() if path == operation[1]), "")
                mend = f"request {near}, or declare the route" if near else "fix the path, or declare the route"
                yield Problem("CONTRACT025", message, place(file, at), mend, promise.services[0].where)


@rule("CONTRACT026", severity="warning")
def clients_ask_for_all(context: Context) -> Iterator[Problem]:
    """A service's typed client has a method for each of its service routes.

    Otherwise callers write the request by hand, without types, retries and the token. Routes that only the gateway uses
    need no method; the rule skips a client whose path it cannot parse. Add the method, or remove the route.
    """
    everywhere = context.once(_everywhere)
    for promise, file, client_calls in clients(context):
        operations = [_operation(at) for at in client_calls]
        if any(each[1] == UNKNOWN or _found(everywhere, each) is None for each in operations):
            continue  # the caller may mean one of these, rather than the route that a finding would name
        for key, route in promise.routes.items():
            met = any(_may_match(each, key) or each == key for each in operations)
            if route.access == "service" and not met and not _is_the_gateways(context, promise, route):
                message = f"{file.name} of {promise.name} has no method for {route}"
                yield Problem(
                    "CONTRACT026",
                    message,
                    route.where,
                    f"add a method to the client in {FILE}",
                    place(file, client_calls[0]),
                )


def _is_the_gateways(context: Context, promise: Promise, route: Route) -> bool:
    """Return whether the gateway asks for a route's operation, as it does about credentials and keys."""
    gateway = context.backend.gateway if context.backend else None
    calls = gateway.calls if gateway else ()
    return any(call.callee in promise.services and route.operation in call.operations for call in calls)


@rule("CONTRACT027")
def clients_name_the_operation(context: Context) -> Iterator[Problem]:
    """A typed client names the operation of the route.

    The caller's token allows that one operation: with another name the service answers 403, though the call is
    declared. Write `operation=` as the route does.
    """
    everywhere = context.once(_everywhere)
    for _, file, client_calls in clients(context):
        for at in client_calls:
            route, (by, _, operation_name) = _found(everywhere, _operation(at)), at.more.partition(" ")
            operation = operation_name.partition(":")[0]
            if route and route.operation and operation and "{}" not in operation and operation != route.operation:
                message = f"{by} requests {route} as {operation}, but the route is for {route.operation}"
                yield Problem(
                    "CONTRACT027", message, place(file, at), f'write operation="{route.operation}"', route.where
                )


RULES = (clients_ask_for_what_is_there, clients_ask_for_all, clients_name_the_operation)
