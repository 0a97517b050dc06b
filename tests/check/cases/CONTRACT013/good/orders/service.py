"""What may be asked of orders."""

from stead import Route

ROUTES = (Route.public("GET", "/v1/prices"),)
