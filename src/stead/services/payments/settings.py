"""The settings of the payments service."""

from stead.kit.settings import DatabaseSettings
from stead.model import Dev, secret, var


class PaymentsSettings(DatabaseSettings):
    """The provider's account, and the options of payments."""

    events_service_url: str = var(help="The URL of the events service, for bookings.")
    events_service_name: str = var(default="events", help="The name of that service.")
    media_service_url: str | None = var(
        default=None, help="The URL of the media service, for proofs of payments; optional."
    )
    media_service_name: str = var(default="media", help="The name of that service.")
    yookassa_service_url: str = var(default="https://api.yookassa.ru", help="YooKassa's API.")
    yookassa_shop_id: str = var(default="", help="The shop's id; without it, YooKassa is disabled.")
    yookassa_secret_key: str | None = secret(
        default=None,
        help=(
            "The shop's secret key, from YooKassa's dashboard; of two, separated by a space, the accepted one is used."
        ),
        dev=Dev.RANDOM,
        several=" ",
    )
    yookassa_vat_code: int = var(default=0, minimum=0, help="The VAT code of receipts (54-FZ), 1 to 12; 0: none.")
    stripe_service_url: str = var(default="https://api.stripe.com", help="Stripe's API.")
    stripe_secret_key: str | None = secret(
        default=None,
        help=(
            "The secret key of Stripe; without it, Stripe is disabled. Of two, separated by a space, the "
            "accepted one is used."
        ),
        several=" ",
    )
    payments_capture: bool = var(
        default=True, help="False: money is reserved, and captured after the booking is confirmed."
    )
    payments_return_url: str = var(default="https://localhost/", help="The URL to which the payer returns.")
    payments_qr_payee: str = var(
        default="", help="The payee of QR codes by GOST R 56042: Name=…|PersonalAcc=…|BankName=…|BIC=…|CorrespAcc=…"
    )
    payments_poll_seconds: float = var(default=10.0, help="Seconds before an open payment is read; then increasing.")
    payments_sweep_seconds: float = var(default=5.0, help="Seconds between two searches for objects to read.")
