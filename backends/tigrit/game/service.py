"""What may be asked of the game."""

from stead import Route

ROUTES = (
    Route.public("POST", "/v1/sign-in"),
    Route.user("POST", "/v1/sign-out", scope=None),
    Route.user("GET", "/v1/players/me"),
    Route.user("POST", "/v1/players/me/invitations"),
    Route.service("POST", "/v1/users/ensure", "ensure"),
)
