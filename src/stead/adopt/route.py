"""Routes: what a service's document offers, and what a gateway's rules let in."""

from stead.adopt.call import CallTargets
from stead.adopt.evidence import Evidence, Front, Offer
from stead.adopt.sketch import Remark, RouteSketch, guessed, unsure
from stead.model import Route

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "ANY"})


def routes(name: str, found: Evidence, peers: CallTargets, offers: tuple[Offer, ...]) -> list[RouteSketch]:
    """Return the routes of a service, in the order of its files; one that would overlap another is left out."""
    sketches = [_of_offer(offer) for offer in offers]
    sketches += [sketch for front in found.fronts if peers.at(front.host) == name for sketch in _of_front(front)]
    accepted: list[tuple[RouteSketch, Route]] = []
    for sketch in sketches:
        made = Route(sketch.method, sketch.path, "public")  # type: ignore[arg-type]
        if _is_plain(sketch.path) and not any(made.overlaps(other) for _, other in accepted):
            accepted.append((sketch, made))
    return [sketch for sketch, _ in accepted]


def _of_offer(offer: Offer) -> RouteSketch:
    operation, remarks = offer.operation, ()
    if offer.access == "service" and not operation:
        operation, remarks = _verb(offer), (guessed("the operation, by the path"),)  # type: ignore[assignment]
    return RouteSketch(offer.method, offer.path, offer.access, operation, remarks)


def _verb(offer: Offer) -> str:
    last = [part for part in offer.path.split("/") if part and not part.startswith("{")][-1:]
    return "-".join([offer.method.lower(), *last])


def _of_front(front: Front) -> list[RouteSketch]:
    remarks: tuple[Remark, ...] = (unsure(f"what else: {front.note}"),) if front.note else ()
    methods = [method for method in front.methods if method in METHODS]
    return [
        RouteSketch(method, front.path.rstrip("/") or "/", front.access, "", remarks if number == 0 else ())
        for number, method in enumerate(methods)
    ]


def _is_plain(path: str) -> bool:
    inner = path[1:].split("/")
    return path.startswith("/") and all(inner) and not any(set(part) & set("?#*%\\ <>") for part in inner)
