"""What the wishes service is told."""

from stead.kit.settings import ServiceSettings


class WishesSettings(ServiceSettings):
    """Nothing but what every service is told."""
