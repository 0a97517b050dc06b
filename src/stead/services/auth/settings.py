"""The settings of the auth service: its callees, and the settings of each provider."""

from stead.kit.settings import DatabaseSettings, ServiceSettings
from stead.model import Dev, Settings, secret, var

CLERK, TELEGRAM = "clerk", "telegram"


class AuthSettings(ServiceSettings):
    """The identity providers, and the callees."""

    auth_providers: tuple[str, ...] = var(
        default=(CLERK,), help="The identity providers: clerk, telegram, and the names of JWT issuers."
    )
    users_service_url: str | None = var(default=None, help="The URL of the users service.")
    users_service_name: str = var(default="users-service", help="The name of that service.")
    secrets_service_url: str | None = var(default=None, help="The secrets service that has the missing keys.")
    secrets_service_name: str = var(default="secrets-service", help="The name of that service.")
    redis_url: str | None = secret(default=None, help="Redis for the replay guard of initData; needed with replicas.")


class ClerkSettings(DatabaseSettings):
    """The settings of Clerk, and the effects of a sign-up."""

    clerk_issuer: str = var(help="Clerk's Frontend API URL: the `iss` of every token.", dev=Dev.ISSUER)
    clerk_jwks_url: str = var(help="Clerk's public keys: an https: or file: URL.", dev=Dev.KEY_SET)
    clerk_jwt_secret: str | None = secret(default=None, help="Clerk's shared secret, if it signs with HS256.")
    clerk_authorized_parties: tuple[str, ...] = var(default=(), help="Origins allowed in `azp`. Default: any.")
    clerk_webhook_secret: str = secret(
        help="The secret of Clerk's webhooks: whsec_ and base64; during a replacement two, separated by a space.",
        dev=Dev.WEBHOOK_SECRET,
        several=" ",
    )
    points_service_url: str | None = var(default=None, help="The URL of the points service; empty: no points.")
    points_service_name: str = var(default="points-service", help="The name of that service.")
    referral_service_url: str | None = var(default=None, help="The URL of the referral service.")
    referral_service_name: str = var(default="referral-service", help="The name of that service.")
    token_service_url: str | None = var(
        default=None, help="The URL of the token service, to revoke a deleted user's API tokens."
    )
    token_service_name: str = var(default="token-service", help="The name of that service.")
    auth_welcome_points: int = var(default=100, minimum=1, help="Points for signing up.")
    auth_referrer_points: int = var(default=50, minimum=1, help="Points for inviting a friend.")
    auth_first_login_points: int = var(
        default=0, minimum=0, help="Points for the first login of an invited friend; 0: none."
    )
    auth_referee_points: int = var(default=50, minimum=1, help="Points for being invited by a friend.")


class TelegramSettings(Settings):
    """How the initData of Mini Apps is recognised."""

    telegram_bot_token: str | None = secret(
        default=None,
        help="The bot's token from BotFather; two, separated by a space, are both accepted.",
        dev=Dev.BOT_TOKEN,
        several=" ",
    )
    telegram_bot_ids: tuple[int, ...] = var(
        default=(), help="Bots whose initData is verified by Telegram's signature. Default: by the one bot's token."
    )
    telegram_public_key: str = var(
        default="production", help="Telegram's key for that signature: production, test, or 64 hexadecimal digits."
    )
    telegram_max_age_seconds: int = var(default=3600, minimum=1, help="How long initData is valid.")
    telegram_refuse_replays: bool = var(default=True, help="Whether initData is accepted only once.")


class JwtSettings(Settings):
    """How the tokens of one JWT issuer are recognised; each setting's name begins with `prefix`."""

    issuer: str = var(help="The `iss` of every token.")
    audience: str = var(help="The audience that every token's `aud` must contain.")
    algorithm: str = var(default="RS256", help="The algorithm of every token: HS256, RS256, ES256 or EdDSA.")
    secret: str | None = secret(default=None, help="The shared secret of HS256: 32 bytes or more.", dev=Dev.RANDOM)
    keys_url: str | None = var(default=None, help="The issuer's public keys: an https:, http: or file: URL.")
    user_prefix: str = var(default="", help="The prefix of the `sub` in the user's id.")

    @staticmethod
    def prefix(name: str) -> str:
        return f"AUTH_{name.upper()}_"
