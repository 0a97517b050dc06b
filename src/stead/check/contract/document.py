"""The committed document against the declared routes: each has the other, and both say who may ask."""

from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context, place
from stead.check.contract.document_owner import OperationKey, Promise, documented, operation_key, operations, promises
from stead.check.facts import At
from stead.check.fix import Command, Step
from stead.check.openapi.document import NAME
from stead.check.rule import rule
from stead.check.source import module_of
from stead.model import Problem, Route, SourceLocation
from stead.model.interpreter import module_command

TOOL = "stead.kit.openapi"
MADE_FROM = {"routes.py": "HANDLERS", "service.py": "ROUTES"}


def package_of(context: Context, promise: Promise) -> str:
    """Return the package from which the document can be written; empty where its code has another shape."""
    packages = (module_of(service).rpartition(".")[0] for service in promise.services)
    shaped = all(_offers(context, promise.file.with_name(file), name) for file, name in MADE_FROM.items())
    return next(filter(None, packages), "") if shaped else ""


def _offers(context: Context, file: Path, name: str) -> bool:
    return file in context.tree.known and any(at.text == name for at in context.facts(file).names)


def mend(context: Context, promise: Promise, by_hand: str) -> str:
    """Return what brings a document up to date; `by_hand`: what to do to it where no command writes it."""
    package = package_of(context, promise)
    if package:
        return f"run python -m {TOOL} {package}, in the folder of the backend.py"
    return f"{by_hand} {promise.file.relative_to(context.root)}"


def writing(context: Context, problem: Problem) -> list[Step]:
    """Offer to write the document that a problem is about."""
    about = {place.file for place in (problem.place, problem.also) if place}
    for promise in promises(context):
        concerned = str(promise.file) in about or any(service.where == problem.place for service in promise.services)
        package = package_of(context, promise) if concerned else ""
        if package:
            return [Command(tuple(module_command(TOOL, package)), context.root)]
    return []


@rule("CONTRACT010", severity="warning", fix=writing)
def services_have_a_document(context: Context) -> Iterator[Problem]:
    """A Python service of this backend with routes has an `openapi.json` beside its source.

    It documents requests and responses for callers, and a breaking change is visible in a review. For a service of the
    kit, `python -m stead.kit.openapi PACKAGE` writes the document. A service in another language needs none; an
    `openapi.json` in its folder is compared with its routes.
    """
    for promise in promises(context):
        routed = [service for service in promise.services if service.app and service.routes]
        if routed and not promise.there:
            message = f"{routed[0].name} has routes, such as {routed[0].routes[0]}, but no openapi.json"
            yield Problem("CONTRACT010", message, routed[0].where, mend(context, promise, "write"))


@rule("CONTRACT011", fix=writing)
def routes_are_documented(context: Context) -> Iterator[Problem]:
    """Every route of a service is in its document.

    The gateway admits the declared routes; one that the document lacks is reachable without a contract. Generate the
    document again, or remove the route. The rule skips routes of WebSockets and gRPC, which OpenAPI cannot describe.
    """
    for promise in documented(context):
        found = operations(context, promise)
        for route in promise.routes.values():
            if not (route.websocket or route.grpc) and not any(_matches(operation_key(route), each) for each in found):
                message = f"{route} of {promise.name} is not in its openapi.json"
                also = SourceLocation(str(promise.file), 1, 1)
                yield Problem("CONTRACT011", message, route.where, mend(context, promise, "add it to"), also)


def _matches(one: OperationKey, other: OperationKey) -> bool:
    return one[1] == other[1] and (one[0] == other[0] or one[0] == "ANY")


@rule("CONTRACT012", fix=writing)
def operations_are_declared(context: Context) -> Iterator[Problem]:
    """Every operation of a service's document is a declared route.

    The gateway and the service answer 404 to an undeclared operation. Declare the route, or remove the operation from
    the document. `/health` and the other standard paths need no route.
    """
    for promise in documented(context):
        declared = list(promise.routes)
        for each, at in operations(context, promise).items():
            if not any(_matches(route, each) for route in declared):
                message = f"{at.text} is in the document, but {promise.name} declares no such route"
                fix_text = f"declare {_declared(at)}, or remove it from the document"
                yield Problem("CONTRACT012", message, place(promise.file, at), fix_text, promise.services[0].where)


def _declared(at: At) -> str:
    method, _, path = at.text.partition(" ")
    access = at.more.split(" ")[0]
    named = access if access in ("user", "service") else "public" if access == "public" else "user"
    return f'Route.{named}("{method}", "{path}")'


@rule("CONTRACT014")
def documents_are_openapi(context: Context) -> Iterator[Problem]:
    """A document is valid OpenAPI 3.

    It has a version, a title and paths; an operation has responses and a unique operationId; the variables of a path
    are among its parameters; references resolve; required security schemes are defined. The rule applies to every
    `openapi.json` below the backend.py. Fix the place, or generate the document again.
    """
    speaks = {promise.file: promise.services[0].where for promise in promises(context)}
    for path in context.tree.named(NAME):
        for at in context.facts(path).faults:
            if at.more == "openapi":
                message = f"this is not a valid OpenAPI document: {at.text}"
                mend = "fix it, or generate the document again"
                yield Problem("CONTRACT014", message, place(path, at), mend, speaks.get(path))


@rule("CONTRACT015", fix=writing)
def access_is_the_same(context: Context) -> Iterator[Problem]:
    """The authorization in the document equals that of the route.

    The route is decisive. With a weaker document clients get an unexpected 401; with a stricter one they obtain
    credentials that are not needed. Without security an operation is public. In documents that the kit writes, the
    operation of a service route and the roles and scope of a user route are compared as well.
    """
    for promise in documented(context):
        routes = promise.routes
        for each, at in operations(context, promise).items():
            route = routes.get(each) or routes.get(("ANY", each[1]))
            wrong = _differs(route, at.more) if route else ""
            if route and wrong:
                message = f"{at.text} is {wrong}"
                yield Problem(
                    "CONTRACT015", message, place(promise.file, at), mend(context, promise, "fix it in"), route.where
                )


def _differs(route: Route, more: str) -> str:
    """Return in words where a document and a route disagree; empty when they do not."""
    schemes, *words = more.split(" ")
    if (schemes == "public") != (route.access == "public") or (
        schemes in ("user", "service") and schemes != route.access
    ):
        access = schemes if schemes in ("public", "user", "service") else f"secured by {schemes}"
        return f"{access} in the document, and the route says {route.access}"
    attributes = dict(word.partition("=")[::2] for word in words)
    expected = {"for": route.operation, "roles": ",".join(sorted(route.roles)), "scope": str(route.scope)}
    names = {"for": "the operation", "roles": "the roles", "scope": "the scope"}
    for key, value in attributes.items():
        if key in expected and value != expected[key]:
            return f"for {names[key]} {value} in the document, and the route says {expected[key] or 'none'}"
    if "scope" in attributes and route.roles and "roles" not in attributes:
        return f"for any role in the document, and the route says {expected['roles']}"
    return ""


RULES = (
    services_have_a_document,
    routes_are_documented,
    operations_are_declared,
    documents_are_openapi,
    access_is_the_same,
)
