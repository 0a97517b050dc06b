"""What the token service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var


class TokenSettings(DatabaseSettings):
    """Bounds on what a user may make."""

    token_max_per_user: int = var(default=50, minimum=1, help="Live tokens that one user may have.")
    token_max_days: int = var(default=365, minimum=1, help="The longest life of a token, in days.")
