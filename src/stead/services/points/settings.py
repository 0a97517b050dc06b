"""The settings of the points service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var

DAY = 86_400


class PointsSettings(DatabaseSettings):
    """The velocity cap: the most points of one user within one sliding window."""

    points_velocity_cap: int = var(default=1000, minimum=1, help="Points that one user may earn within one window.")
    points_velocity_window_seconds: int = var(default=DAY, minimum=1, help="The length of that window, in seconds.")
