"""The description of the points service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Postgres, Route, Service
from stead.services.points.settings import PointsSettings

Operation = Literal["award", "reverse", "read"]

ROUTES = (
    Route.service("POST", "/v1/awards", "award"),
    Route.service("POST", "/v1/awards/batch", "award"),
    Route.service("POST", "/v1/entries/{entry_id}/reversals", "reverse"),
    Route.service("GET", "/v1/users/{user_id}/balance", "read"),
    Route.user("GET", "/v1/points/balance"),
    Route.user("GET", "/v1/points/entries"),
)


def service(name: str = "points-service", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a points service; it needs a PostgreSQL database of its own and calls nobody by itself."""
    return Service(
        name,
        app="stead.services.points.app:create",
        settings=PointsSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="points",
        invariants="stead.services.points.replay:replay",
    )
