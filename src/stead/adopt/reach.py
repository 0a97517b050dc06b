"""Reach: routes for what is reached and has none written down: a first description lets through what works today.

A service that others call gets one route for all of them, one that is only published one for everybody. Each is marked
as guessed: a person puts the real routes in its place. Rejected: routes read from code, whose prefixes are put together
elsewhere in most frameworks; a wrong path would refuse what works.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from stead.adopt.sketch import CallSketch, GatewaySketch, ProcessSketch, RouteSketch, guessed, unsure
from stead.model.gateway import SERVICE
from stead.model.wiring import PORT

OPERATION = "call"
REST = "/{path:path}"


def open_to_callers(sketches: list[ProcessSketch]) -> None:
    """Give each service that is called, and has no operation, one for every path; and name it in the calls."""
    callers: dict[str, list[str]] = defaultdict(list)
    for sketch in sketches:
        for call in sketch.calls:
            callers[call.callee].append(sketch.name)
    opened = {sketch.name for sketch in sketches if callers[sketch.name] and not sketch.routes}
    for sketch in sketches:
        if sketch.name in opened:
            why = f"every path, for those that call it: {', '.join(sorted(callers[sketch.name]))}"
            sketch.routes = [RouteSketch("ANY", REST, "service", OPERATION, (guessed(why),))]
            _listens_after_all(sketch)
        sketch.calls = [_named(each, opened) for each in sketch.calls]


def _named(call: CallSketch, opened: Collection[str]) -> CallSketch:
    """Return a call with what it is for: everything, of what was opened; else a person has to say it."""
    if call.callee in opened:
        return replace(call, operations=(OPERATION,))
    remark = unsure("which routes it calls: no file lists them")
    return call if call.operations else replace(call, remarks=(*call.remarks, remark))


def _listens_after_all(sketch: ProcessSketch) -> None:
    """Take back that a service listens nowhere: someone calls it."""
    if sketch.port is None:
        sketch.port, sketch.tcp = PORT.name, True
        sketch.remarks.pop("port")
        sketch.remark("", unsure("how it gets its port: Stead sets PORT"))


def open_to_all(
    sketches: list[ProcessSketch], published: Collection[str], *, by_hand: bool = False
) -> GatewaySketch | None:
    """Give each service that is published, and that nobody calls, a route for everything; return their gateway.

    by_hand  they are published by no file: who starts one reaches it
    """
    for sketch in sketches:
        if sketch.name in published and not sketch.routes:
            known = "it is reachable where it is started" if by_hand else "its port is published"
            why = f"every path, as {known}; name those that it serves"
            sketch.routes = [RouteSketch("ANY", REST, "public", remarks=(guessed(why),))]
    fronts = [sketch for sketch in sketches if any(route.access != "service" for route in sketch.routes)]
    if not published or not fronts:
        return None
    users = any(route.access == "user" for sketch in fronts for route in sketch.routes)
    prefix = f"/{SERVICE}" if _overlap(fronts) else ""
    ports = "that are reached" if by_hand else "that are published"
    remarks = [guessed(f"one gateway for the ports {ports} today")]
    remarks += [guessed("each service below its own name, since their paths would overlap")] if prefix else []
    remarks += [guessed("Clerk stands for any issuer with a key set, here one not named")] if users else []
    return GatewaySketch("gateway", tuple(each.name for each in fronts), users, prefix=prefix, remarks=tuple(remarks))


def _overlap(fronts: list[ProcessSketch]) -> bool:
    """Return whether more than one of them takes every path."""
    return sum(any(route.path == REST for route in sketch.routes) for sketch in fronts) > 1
