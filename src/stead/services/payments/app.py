"""Assemble the payments service."""

from litestar.types import ASGIApp

from stead.kit import idempotency, outbox
from stead.kit.app import service_app
from stead.kit.caller import Credentials
from stead.kit.component import Component
from stead.kit.database import Database
from stead.kit.idempotency import Idempotency
from stead.kit.live_setting import LiveSetting
from stead.kit.migrations import Migrations
from stead.kit.service_client import ServiceClient
from stead.kit.settings import SettingsError, read
from stead.services.events.contract import EventsClient
from stead.services.media.contract import MediaClient
from stead.services.payments import reconciliation
from stead.services.payments.delivery import Delivery
from stead.services.payments.metrics import PaymentMetrics
from stead.services.payments.proofs import Proofs
from stead.services.payments.providers.provider import Provider, Providers
from stead.services.payments.providers.qr_code import QrCode
from stead.services.payments.providers.stripe import Stripe
from stead.services.payments.providers.yookassa import YooKassa
from stead.services.payments.reconciliation import Reconciliation
from stead.services.payments.routes import HANDLERS
from stead.services.payments.service import ROUTES
from stead.services.payments.settings import PaymentsSettings
from stead.services.payments.webhooks import Webhooks

LAST_VAT_CODE = 12
MIGRATIONS = (idempotency.MIGRATIONS, outbox.MIGRATIONS, Migrations.beside(__file__, "payments"))


def create() -> ASGIApp:
    """Read the environment and return the service; SettingsError names all that is wrong with it."""
    settings = _read()
    database = Database(settings.database_url, migrations=MIGRATIONS, size=settings.database_pool)
    peer = ServiceClient(settings.events_service_name, settings.events_service_url, Credentials.of(settings))
    media = _media(settings)
    proofs = Proofs(MediaClient(media)) if media else None
    yookassa = _yookassa(settings)
    stripe = _stripe(settings)
    providers = _providers(settings, yookassa, stripe)
    poll = settings.payments_poll_seconds
    delivery = Delivery(database, providers, EventsClient(peer), proofs, capture=settings.payments_capture, poll=poll)
    reconciling = Reconciliation(database, delivery.ledger, delivery.payments, poll=poll)
    parts: list[Component] = [database, peer, *(each for each in (media, yookassa, stripe) if each), delivery.outbox]
    parts += [
        reconciliation.periodic(reconciling, settings.payments_sweep_seconds),
        PaymentMetrics(database, providers.names),
    ]
    parts += [idempotency.sweep(database)]
    return service_app(
        settings,
        routes=ROUTES,
        handlers=HANDLERS,
        parts=parts,
        provide={
            "database": database,
            "payments": delivery.payments,
            "refunds": delivery.refunds,
            "webhooks": Webhooks(database, providers, delivery.outbox),
            "idempotency": Idempotency(database),
        },
    )


def _read() -> PaymentsSettings:
    settings = read(PaymentsSettings)
    if settings.yookassa_shop_id and not settings.yookassa_secret_key:
        raise SettingsError(["YOOKASSA_SECRET_KEY is missing; YOOKASSA_SHOP_ID needs it."])
    if settings.yookassa_vat_code > LAST_VAT_CODE:
        raise SettingsError([f"YOOKASSA_VAT_CODE is {settings.yookassa_vat_code}; expected 0 to {LAST_VAT_CODE}."])
    if settings.yookassa_shop_id and settings.stripe_secret_key:
        raise SettingsError(["STRIPE_SECRET_KEY and YOOKASSA_SHOP_ID are both set; keep one of them."])
    if settings.payments_qr_payee and not settings.media_service_url:
        raise SettingsError(
            ["MEDIA_SERVICE_URL is missing; with PAYMENTS_QR_PAYEE, proofs of payments are files of the media service."]
        )
    return settings


def _media(settings: PaymentsSettings) -> ServiceClient | None:
    name, url = settings.media_service_name, settings.media_service_url
    return ServiceClient(name, url, Credentials.of(settings)) if url else None


def _stripe(settings: PaymentsSettings) -> Stripe | None:
    key = LiveSetting.of(settings, "stripe_secret_key")
    if not key.text:
        return None
    return Stripe(settings.stripe_service_url, key, return_url=settings.payments_return_url)


def _yookassa(settings: PaymentsSettings) -> YooKassa | None:
    if not settings.yookassa_shop_id or settings.yookassa_secret_key is None:
        return None
    return YooKassa(
        settings.yookassa_service_url,
        settings.yookassa_shop_id,
        LiveSetting.of(settings, "yookassa_secret_key"),
        return_url=settings.payments_return_url,
        vat_code=settings.yookassa_vat_code,
    )


def _providers(settings: PaymentsSettings, yookassa: YooKassa | None, stripe: Stripe | None) -> Providers:
    methods: dict[str, Provider] = {"redirect": yookassa, "widget": yookassa} if yookassa else {}
    if stripe:
        methods["redirect"] = stripe
    if settings.payments_qr_payee:
        methods["qr"] = QrCode(settings.payments_qr_payee)
    return Providers(methods)
