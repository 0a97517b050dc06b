"""What may be asked of wishes."""

from stead import Route

ROUTES = (
    Route.user("GET", "/v1/wishes"),
    Route.service("POST", "/v1/wishes/{wish_id}/grants", "grant"),
    Route.service("GET", "/v1/wishes/{wish_id}", "read"),
)
