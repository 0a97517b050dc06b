"""What the auth service is told."""

from stead.kit.settings import DatabaseSettings
from stead.model import Dev, secret, var


class AuthSettings(DatabaseSettings):
    """How users are recognised, and what a sign-up sets in motion."""

    clerk_issuer: str = var(help="Clerk's Frontend API URL: the `iss` of every token.", dev=Dev.ISSUER)
    clerk_jwks_url: str = var(help="Clerk's public keys: an https: or file: URL.", dev=Dev.KEY_SET)
    clerk_jwt_secret: str | None = secret(
        default=None, help="Set where Clerk signs with HS256: its shared secret.", dev=None
    )
    clerk_authorized_parties: tuple[str, ...] = var(default=(), help="Origins allowed in `azp`; none: any.")
    clerk_webhook_secret: str = secret(help="Signs Clerk's webhooks: whsec_ and base64.", dev=Dev.WEBHOOK_SECRET)
    points_service_url: str | None = var(default=None, help="Where points are awarded; without it, nobody gets any.")
    points_service_name: str = var(default="points-service", help="The name of that service.")
    referral_service_url: str | None = var(default=None, help="Where a referral code is resolved.")
    referral_service_name: str = var(default="referral-service", help="The name of that service.")
    auth_welcome_points: int = var(default=100, minimum=1, help="Points for signing up.")
    auth_referrer_points: int = var(default=50, minimum=1, help="Points for having brought a friend.")
    auth_referee_points: int = var(default=50, minimum=1, help="Points for having been brought by a friend.")
