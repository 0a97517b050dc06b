"""What may be asked of the mini app's API."""

from stead import Route

ROUTES = (
    Route.user("GET", "/v1/profile"),
    Route.user("GET", "/v1/interactions"),
    Route.public("POST", "/v1/check"),
)
