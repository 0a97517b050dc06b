"""What the referral service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import var

MONTH = 30 * 86_400


class ReferralSettings(DatabaseSettings):
    """How long after sign-up a user may still say who brought them."""

    referral_window_seconds: int = var(default=MONTH, minimum=1, help="A sign-up older than this is not attributed.")
