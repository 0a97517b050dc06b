"""The settings of the referral service."""

from stead.kit.settings import DatabaseSettings
from stead.model import var

MONTH = 30 * 86_400


class ReferralSettings(DatabaseSettings):
    """The attribution window after a sign-up."""

    referral_window_seconds: int = var(default=MONTH, minimum=1, help="A sign-up older than this is not attributed.")
