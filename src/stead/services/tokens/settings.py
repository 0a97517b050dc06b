"""The settings of the token service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class TokenSettings(DatabaseSettings):
    """The limits of a user's tokens."""

    token_max_per_user: int = var(default=50, minimum=1, help="The most active tokens of one user.")
    token_max_days: int = var(default=365, minimum=1, help="The longest life of a token, in days.")
